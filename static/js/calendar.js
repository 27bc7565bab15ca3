/* The calendar by keyboard: with the focus on a planned round, Alt and an arrow leads to the page that
   moves it, with the new day filled in. Nothing is moved before that page is confirmed. */
"use strict";

(() => {
  const DAYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const days = DAYS[event.key];
    const entry = event.target.closest?.("[data-move-url]");
    if (!days || !entry) return;
    event.preventDefault(); // Alt and an arrow to the left would lead back
    const day = new Date(`${entry.dataset.start}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + days);
    const url = new URL(entry.dataset.moveUrl, location.href);
    url.searchParams.set("to", day.toISOString().slice(0, 10));
    location.assign(url);
  });
})();
