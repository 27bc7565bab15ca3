// Rows of a team's members: an account that is chosen fills in name, post and unit; a sub-group typed
// in one row is suggested in the others. Without this script the server fills in what is blank.
// In a round's form the sub-groups suggested follow the team that is chosen.

document.addEventListener("choice", (event) => {
  const { name, post, unit } = event.detail;
  const row = event.target.closest("[data-row]");
  if (!row || name === undefined) return;
  for (const [field, value] of Object.entries({ name, post, unit })) {
    const input = row.querySelector(`input[name$="-${field}"]`);
    if (input) input.value = value || "";
  }
});

document.addEventListener("focusin", (event) => {
  if (!event.target.matches?.("[data-group]")) return;
  const list = document.getElementById("team-groups");
  const typed = [...document.querySelectorAll("input[data-group]")]
    .filter((input) => input !== event.target)
    .map((input) => input.value.trim());
  list.replaceChildren(...[...new Set(typed)].filter(Boolean).map((text) => new Option(text, text)));
});

document.addEventListener("focusin", (event) => {
  const { target } = event;
  if (target.getAttribute?.("list") !== "round-groups") return;
  const team = target.form.elements.namedItem("team")?.value;
  const groups = document.getElementById("round-groups-of-teams").content.querySelectorAll("option");
  target.list.replaceChildren(
    ...[...groups].filter((option) => option.dataset.team === team).map((option) => option.cloneNode()));
});
