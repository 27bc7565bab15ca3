// A surprise inspection is mostly not announced: choosing it unticks the box, which may be ticked again.
// Without this script the page that follows warns of an announced surprise.

document.addEventListener("change", (event) => {
  const name = event.target.dataset?.unannounced;
  if (!name || event.target.value !== "SURPRISE") return;
  const box = event.target.form.elements.namedItem(name);
  if (box) box.checked = false;
});
