// Leaves only the forms of discipline that the chosen kind of official knows.

const kind = document.querySelector("[data-forms]");
const form = document.querySelector("select[name='discipline_form']");
const known = JSON.parse(kind.dataset.forms);

function offer() {
  const forms = known[kind.value];
  for (const option of form.options) {
    // What is chosen already stays to be seen: the server says what is wrong with it.
    option.hidden = Boolean(forms && option.value && !option.selected && !forms.includes(option.value));
  }
}

kind.addEventListener("change", offer);
form.addEventListener("change", offer);
offer();
