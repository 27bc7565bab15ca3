// Questions change places by Alt and the arrow keys in the box of their number. Without this script the
// numbers are typed.

const box = document.querySelector("[data-rows='questions'] [data-rows-list]");

function rows() {
  return [...box.querySelectorAll("[data-row]")];
}

function number() {
  rows().forEach((row, place) => {
    const input = row.querySelector("input[name$='-position']");
    if (input && (input.value || row.querySelector("textarea[name$='-text']")?.value)) input.value = String(place + 1);
  });
}

box?.addEventListener("keydown", (event) => {
  if (!event.altKey || !event.target.matches("input[name$='-position']")) return;
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  event.preventDefault();
  const row = event.target.closest("[data-row]");
  const other = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (event.key === "ArrowUp") other.before(row);
  else other.after(row);
  number();
  event.target.focus();
});
