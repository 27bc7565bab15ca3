// More rows in a set of forms without asking the server: the last, empty form of the set is copied.
// Without this script the page has a few blank rows, and asks the server for more.

for (const box of document.querySelectorAll("[data-rows]")) {
  const total = box.querySelector("input[name$='-TOTAL_FORMS']");
  const most = Number(box.querySelector("input[name$='-MAX_NUM_FORMS']").value);
  const list = box.querySelector("[data-rows-list]");
  const empty = box.querySelector("[data-rows-empty]");
  const button = box.querySelector("[data-rows-add]");
  button.hidden = false;
  button.type = "button";
  button.addEventListener("click", () => {
    const place = Number(total.value);
    if (place >= most) return;
    const holder = document.createElement("template");
    holder.innerHTML = empty.innerHTML.replaceAll("__prefix__", String(place));
    const row = holder.content.querySelector("[data-row]");
    const legend = row.querySelector("legend");
    if (legend) legend.textContent = `${legend.textContent.trim()} ${place + 1}`;
    list.append(row);
    total.value = String(place + 1);
    // Whoever equips forms with pickers and the like does it for the new row too.
    document.dispatchEvent(new CustomEvent("htmx:afterSwap", { detail: { target: row } }));
    row.querySelector("input:not([type=hidden]), select")?.focus();
  });
}
