// Suggestions under a unit field (units.forms.UnitInput): the ARIA pattern of an editable combobox.
// Fields of accounts (accounts.colleagues.AccountInput) use it as well: their options also tell what
// else the choice fills in, in an event "choice".
// A module is run once however often its element stands in the page; listening at the document also
// serves fields that come later.

const WAIT = 200; // milliseconds after the last key
let serial = 0;
let timer = 0;

function listOf(input) {
  return document.getElementById(input.getAttribute("aria-controls"));
}

function prepare(input) {
  if (input.hasAttribute("aria-controls")) return;
  const list = document.createElement("div");
  list.id = `unit-options-${(serial += 1)}`;
  list.className = "dropdown-menu w-100 overflow-auto unit-options";
  list.style.maxHeight = "20rem";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.choicesLabel || "Đơn vị gợi ý");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("autocomplete", "off");
  input.after(list);
}

function close(input) {
  const list = listOf(input);
  if (!list) return;
  list.classList.remove("show");
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function choose(input, option) {
  input.value = option.dataset.value;
  close(input);
  input.dispatchEvent(new CustomEvent("choice", { bubbles: true, detail: { ...option.dataset } }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function move(input, step) {
  const options = [...listOf(input).querySelectorAll("[role=option]")];
  if (!options.length) return;
  const now = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
  const next = options[(now + step + options.length + (now < 0 && step < 0 ? 1 : 0)) % options.length];
  options.forEach((each) => {
    each.setAttribute("aria-selected", String(each === next));
    each.classList.toggle("active", each === next);
  });
  input.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

async function suggest(input) {
  const query = new URLSearchParams({ q: input.value });
  const dayField = document.getElementById(input.dataset.dayField || "");
  const day = dayField ? dayField.value : input.dataset.on;
  if (day) query.set("on", day);
  const asked = input.value;
  let answer;
  try {
    answer = await fetch(`${input.dataset.unitChoices}?${query}`, { headers: { "HX-Request": "true" } });
  } catch {
    return; // offline: the field stays a line of text
  }
  // Signed out meanwhile, or typed on: this answer is no longer wanted.
  if (!answer.ok || answer.redirected || input.value !== asked) return;
  const list = listOf(input);
  list.innerHTML = await answer.text();
  list.querySelectorAll("[role=option]").forEach((each, place) => {
    each.id = `${list.id}-${place}`;
  });
  if (document.activeElement !== input) return;
  list.classList.add("show");
  input.setAttribute("aria-expanded", "true");
}

function unitInput(target) {
  return target instanceof HTMLInputElement && target.dataset.unitChoices !== undefined ? target : null;
}

document.addEventListener("focusin", (event) => {
  const input = unitInput(event.target);
  if (input) prepare(input);
});

document.addEventListener("input", (event) => {
  const input = unitInput(event.target);
  if (!input) return;
  prepare(input);
  clearTimeout(timer);
  timer = setTimeout(() => suggest(input), WAIT);
});

document.addEventListener("keydown", (event) => {
  const input = unitInput(event.target);
  if (!input || event.isComposing) return; // an input method at work keeps its keys
  prepare(input);
  const list = listOf(input);
  const open = list.classList.contains("show");
  const chosen = list.querySelector("[aria-selected=true]");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!open) suggest(input);
    else move(input, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && open && chosen) {
    event.preventDefault();
    choose(input, chosen);
  } else if (event.key === "Escape" && open) {
    event.preventDefault();
    event.stopPropagation();
    close(input);
  }
});

// Before the field loses the focus: a click would come too late.
document.addEventListener("mousedown", (event) => {
  const option = event.target instanceof Element ? event.target.closest(".unit-options [role=option]") : null;
  if (!option) return;
  event.preventDefault();
  choose(document.querySelector(`[aria-controls="${option.parentElement.id}"]`), option);
});

document.addEventListener("focusout", (event) => {
  const input = unitInput(event.target);
  if (input) close(input);
});

// A field that has the focus already, since the page came with it.
const focused = unitInput(document.activeElement);
if (focused) prepare(focused);
