/* Keeps the pages of the work on the spot and what they are made of, so that they open without a network. */
"use strict";

const PARTS = [{% for part in parts %}"{{ part|escapejs }}", {% endfor %}];
const TODAY = "{{ today_url|escapejs }}";
const VISIT = "{{ visit_url|escapejs }}";
// Another name for every other set of parts: a new one is kept whole before the old one goes.
const NAME = "congvu-field-{{ name }}";

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const kept = await caches.open(NAME);
    await kept.addAll(PARTS);
    for (const page of [TODAY, VISIT]) {
      const answer = await fetch(page, { credentials: "same-origin", cache: "no-store" });
      // Signed out one is led elsewhere: that page is not to be kept in this one's place.
      if (!answer.ok || answer.redirected) throw new Error(page);
      await kept.put(page, answer);
    }
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("congvu-field-") && name !== NAME) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  let page = null;
  if (request.mode === "navigate") {
    if (url.pathname === TODAY || url.pathname === VISIT) page = url.pathname;
  } else if (PARTS.includes(url.pathname)) page = url.pathname;
  if (page === null) return;
  event.respondWith((async () => (await (await caches.open(NAME)).match(page)) ?? fetch(request))());
});
