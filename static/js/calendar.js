/* The calendar by keyboard: with the focus on a planned round, Alt and an arrow leads to the page that
   moves it, with the new day filled in. Nothing is moved before that page is confirmed. On a round that
   cannot be moved it is said why. */
"use strict";

(() => {
  const DAYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

  // Said beside the round, and to whoever listens to the page.
  const why = document.createElement("p");
  why.className = "entry-why";
  const sayWhyNot = (entry) => {
    const text = entry.dataset.whyNotMoved;
    why.textContent = text;
    entry.after(why);
    const live = document.getElementById("announce");
    if (!live) return;
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 50); // told again where it is the same
  };

  // Without a view chosen the window's width decides (calendar.css): that one is marked.
  const ways = document.querySelector("[data-view-auto]");
  if (ways) {
    const wide = matchMedia("(min-width: 768px)");
    const mark = () => {
      ways.querySelectorAll("[data-view]").forEach((way) => {
        if ((way.dataset.view === "month") === wide.matches) way.setAttribute("aria-current", "true");
        else way.removeAttribute("aria-current");
      });
    };
    wide.addEventListener("change", mark);
    mark();
  }

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const days = DAYS[event.key];
    const entry = event.target.closest?.("[data-move-url], [data-why-not-moved]");
    if (!days || !entry) return;
    event.preventDefault(); // Alt and an arrow to the left would lead back
    if (!entry.dataset.moveUrl) {
      sayWhyNot(entry);
      return;
    }
    const day = new Date(`${entry.dataset.start}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + days);
    const url = new URL(entry.dataset.moveUrl, location.href);
    url.searchParams.set("to", day.toISOString().slice(0, 10));
    location.assign(url);
  });
})();
