/* How many units are marked, beside the button that takes them: those of other pages with them. */
"use strict";

(() => {
  const form = document.querySelector("[data-count-elsewhere]");
  const told = form?.querySelector("[data-chosen-count]");
  if (!told) return;
  const tell = () => {
    const count = Number(form.dataset.countElsewhere) + form.querySelectorAll("input[type=checkbox][name=unit]:checked").length;
    told.textContent = count ? `Đã đánh dấu ${count.toLocaleString("vi-VN")} đơn vị` : "Chưa đánh dấu đơn vị nào";
  };
  form.addEventListener("change", (event) => { if (event.target.name === "unit") tell(); });
  // Back from another page the browser has marked again what was marked.
  window.addEventListener("pageshow", tell);
})();
