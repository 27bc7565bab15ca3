// The sums of a roll-call while it is typed, and in which rows the figures do not add up.
// Without this script the server says so when the form is sent.

const box = document.querySelector(".roll-call");
const total = box?.querySelector("[data-roll-total]");
const parts = ["headcount", "present", "excused", "unexcused"];

function figures(row) {
  return parts.map((name) => Number(row.querySelector(`input[name$='-${name}']`)?.value || 0));
}

function tell() {
  const sums = [0, 0, 0, 0];
  const wrong = [];
  for (const row of box.querySelectorAll("[data-rows-list] [data-row]")) {
    if (row.querySelector("input[name$='-DELETE']:checked")) continue;
    const [headcount, ...there] = figures(row);
    [headcount, ...there].forEach((figure, place) => (sums[place] += figure));
    if (headcount !== there.reduce((all, each) => all + each, 0)) {
      wrong.push(row.querySelector("input[name$='-department']").value.trim() || "dòng chưa có tên");
    }
  }
  total.hidden = !sums.some(Boolean);
  total.textContent =
    `Cộng: tổng số ${sums[0]}, có mặt ${sums[1]}, vắng có lý do ${sums[2]}, vắng không lý do ${sums[3]}.` +
    (wrong.length ? ` Chưa khớp: ${wrong.join("; ")}.` : "");
}

// A locked visit has no form.
if (box) {
  box.addEventListener("input", tell);
  tell();
}
