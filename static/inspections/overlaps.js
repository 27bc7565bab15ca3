// The part of a form on overlaps is drawn anew while the form is filled in. What one is about to press, or
// is typing into below it, must not move away under the hand: the page scrolls by as much as the part grew
// or shrank, and a part that says what it said stays as it is. Without this script it merely moves.

const PART = "#overlaps";

/** What the part says and asks, to tell whether another drawing differs; not what was answered. */
const said = (part) =>
  [part.textContent, ...[...part.querySelectorAll("input, a")].map((each) => `${each.value}${each.href}`)]
    .join(" ").replace(/\s+/g, " ").trim();

// A pointer that merely lies there is about to press nothing.
const RESTS = 1500;
let pointerMoved = -RESTS;
for (const name of ["pointermove", "pointerdown"]) {
  document.addEventListener(name, (event) => { pointerMoved = event.timeStamp; }, { passive: true });
}

/** What stays in place: what the pointer is on, else what has the focus; only what comes after the part. */
const anchorAfter = (part) => {
  const after = (each) =>
    each && each !== document.body &&
    part.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING &&
    part.closest("form")?.contains(each);
  const points = performance.now() - pointerMoved < RESTS || document.querySelector(":active");
  const pointed = points ? [...document.querySelectorAll(":hover")].pop() : null;
  return [pointed, document.activeElement].find(after);
};

let anchor = null;
let top = 0;

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, serverResponse } = event.detail;
  if (!target.matches?.(PART) || !event.detail.shouldSwap) return;
  const next = new DOMParser().parseFromString(serverResponse, "text/html").querySelector(PART);
  if (next && said(next) === said(target)) {
    event.detail.shouldSwap = false;
    return;
  }
  anchor = anchorAfter(target);
  top = anchor?.getBoundingClientRect().top ?? 0;
});

document.addEventListener("htmx:afterSwap", () => {
  if (!anchor?.isConnected) return;
  const moved = () => anchor.getBoundingClientRect().top - top;
  window.scrollBy({ top: moved(), behavior: "instant" });
  // The page cannot be scrolled that far up: the part keeps so much of its height.
  const left = moved();
  const part = document.querySelector(PART);
  if (left < 0 && part) part.style.minHeight = `${part.offsetHeight - left}px`;
  anchor = null;
});
