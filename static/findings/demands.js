// The due day that the kind of a demand proposes, counted from the conclusion's day, while it is
// typed. Without this script the server puts it in where the day is left empty.

const box = document.querySelector(".demands");
const days = new Map(
  [...(box?.querySelectorAll("[data-period]") ?? [])].map((each) => [each.dataset.period, Number(each.dataset.days)]),
);
const issued = document.querySelector("#id_issued_on");

function day(text) {
  const found = /^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*$/.exec(text ?? "");
  return found && new Date(Number(found[3]), Number(found[2]) - 1, Number(found[1]));
}

function told(date) {
  const two = (number) => String(number).padStart(2, "0");
  return `${two(date.getDate())}/${two(date.getMonth() + 1)}/${date.getFullYear()}`;
}

function propose(row) {
  const due = row.querySelector("input[name$='-due_on']");
  const kind = row.querySelector("select[name$='-kind']").value;
  const complicated = kind === "DISCIPLINE" && row.querySelector("input[name$='-is_complicated']").checked;
  const period = days.get(complicated ? "complicated" : kind);
  const from = day(issued ? issued.value : box.dataset.concluded);
  // A day that somebody typed stays.
  if (due.value && due.value !== due.dataset.proposed) return;
  if (!from || period === undefined) {
    due.value = "";
    return;
  }
  from.setDate(from.getDate() + period);
  due.value = due.dataset.proposed = told(from);
}

const all = () => box.querySelectorAll("[data-rows-list] [data-row]").forEach(propose);
// A visit that is concluded already has no form.
box?.addEventListener("change", (event) => {
  const row = event.target.closest("[data-row]");
  if (row && !event.target.name.endsWith("-due_on")) propose(row);
});
issued?.addEventListener("change", all);
