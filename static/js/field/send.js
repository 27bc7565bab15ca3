/* Sends what waits, in the order of writing, one thing at a time, and asks the server for news. */
"use strict";

(() => {
  const AGAIN = [2000, 5000, 15000, 30000, 60000];
  const PATIENCE = 60000; // after so long without an answer it is tried again

  const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

  /** Nobody is signed in: what is kept is hidden until somebody is, and nothing is lost. */
  class SignedOut extends Error {}
  /** Somebody else is signed in. */
  class Another extends Error {}
  Field.SignedOut = SignedOut;

  const ask = async (url, options = {}) => {
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(url, {
        redirect: "manual", cache: "no-store", credentials: "same-origin", signal: stop.signal, ...options,
      });
      if (answer.type === "opaqueredirect") throw new SignedOut();
      return answer;
    } finally {
      clearTimeout(clock);
    }
  };

  /** JSON from the server; throws without a network, when signed out, and for what is no answer. */
  Field.fetch = async (url) => {
    const answer = await ask(url);
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    if (found.user && String(found.user) !== Field.user()) {
      Field.setUser(found.user);
      location.reload();
      throw new Another();
    }
    return found;
  };

  // --- sending ---------------------------------------------------------------------------------

  const form = (entry) => {
    const { key, kind, ref, value, base, written_at } = entry;
    const told = { key, kind, ref, value, base, written_at, sent_at: new Date().toISOString() };
    if (!entry.file) return { body: JSON.stringify(told), headers: { "Content-Type": "application/json" } };
    const body = new FormData();
    body.append("entry", JSON.stringify(told));
    body.append("file", entry.file, entry.value.name);
    return { body, headers: {} };
  };

  const send = async (entry) => {
    await Field.put("entries", { ...entry, state: "sending", tried: true });
    Field.changed();
    const { body, headers } = form(entry);
    const answer = await ask(`/field/visits/${entry.visit}/${entry.file ? "photos" : "entries"}/`, {
      method: "POST", body,
      headers: { ...headers, "X-CSRFToken": token(), "X-Congvu-User": Field.user() },
    });
    if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
    if (answer.status === 403 && !answer.headers.get("Content-Type")?.includes("json")) {
      // Most often a token from before the last signing in: the next try has the new one.
      await ask("/field/");
      if (entry.refusedOnce) return settle(entry, { state: "refused", reason: "Máy chủ không cho ghi vào lượt này." });
      await Field.put("entries", { ...entry, refusedOnce: true, state: "waiting", tried: true });
      throw new Error("403");
    }
    if (answer.status === 409) throw new Another();
    if (answer.status === 404) {
      return settle(entry, { state: "refused", reason: "Không tìm thấy lượt kiểm tra này, hoặc bạn không còn được ghi." });
    }
    if (answer.status === 413) return settle(entry, { state: "refused", reason: "Tệp quá lớn." });
    const told = await answer.json();
    return settle(entry, answer.ok ? told : { state: "refused", reason: told.error ?? "Máy chủ không nhận." });
  };

  const settle = async (entry, told) => {
    if (told.slot) {
      const known = await Field.get("visits", entry.visit);
      if (known) {
        if (told.stands === null) delete known.slots[told.slot];
        else known.slots[told.slot] = told.stands;
        if (told.thumbs) known.thumbs = { ...known.thumbs, ...told.thumbs };
        if (told.state === "clash") known.clashes += 1;
        await Field.put("visits", known);
      }
    }
    // A clash is kept by the server and settled there.
    if (told.state === "saved" || told.state === "clash") await Field.drop("entries", entry.key);
    else await Field.put("entries", { ...entry, state: told.state, reason: told.reason });
    Field.changed();
    Field.settled?.(entry, told);
  };

  let again = 0;
  let clock = null;
  let busy = false;

  const later = () => {
    clearTimeout(clock);
    clock = setTimeout(() => {
      clock = null;
      Field.flush();
    }, AGAIN[Math.min(again, AGAIN.length - 1)]);
    again += 1;
  };

  const slotsOf = (entry) => [`${entry.visit}:${entry.slot}`, entry.value?.finding ? `${entry.visit}:finding:${entry.value.finding}` : null];
  const work = async () => {
    // What the server fails on keeps its place, and what does not hang on it goes on.
    const stuck = new Set();
    for (;;) {
      const entry = (await Field.waiting()).find((each) => !slotsOf(each).some((slot) => stuck.has(slot)));
      if (!entry) {
        if (stuck.size) later();
        return;
      }
      try {
        await send(entry);
        again = 0;
        Field.online(true);
      } catch (fault) {
        const kept = await Field.get("entries", entry.key);
        if (kept) await Field.put("entries", { ...kept, state: "waiting" });
        if (fault instanceof SignedOut) Field.signedOut();
        else if (fault instanceof Another) location.reload();
        else if (fault instanceof TypeError || fault.name === "AbortError") Field.online(false);
        else if (/^5/.test(fault.message)) {
          stuck.add(slotsOf(entry)[0]);
          continue;
        }
        if (!(fault instanceof SignedOut)) later();
        Field.changed();
        return;
      }
    }
  };

  /** Send what waits; in one tab at a time, and once however often it is called. */
  Field.flush = async () => {
    if (busy || !Field.user()) return;
    busy = true;
    try {
      if (navigator.locks) await navigator.locks.request("congvu-field-send", work);
      else await work();
    } finally {
      busy = false;
    }
    // Something may have been written while the last answer was read.
    if ((await Field.waiting()).length && !clock) later();
  };

  // --- the network and the session ---------------------------------------------------------------

  let there = navigator.onLine;
  /** Told by each answer, or its absence. */
  Field.online = (now) => {
    there = now;
    Field.drawBar?.();
  };
  Field.isOnline = () => there && navigator.onLine;
  addEventListener("online", () => {
    again = 0;
    Field.online(true);
    Field.flush();
  });
  addEventListener("offline", () => Field.online(false));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") Field.flush();
  });

  /** Hide what is kept and lead to signing in; what is being typed is on the disk already. */
  Field.signedOut = async () => {
    const count = (await Field.unsent()).length;
    document.querySelectorAll("[data-signed-in]").forEach((part) => (part.hidden = true));
    const box = document.querySelector("[data-signed-out]");
    box.querySelector("[data-kept]").textContent = count
      ? `${count} mục đang được giữ trên máy này và sẽ được gửi sau khi bạn đăng nhập lại.`
      : "Đăng nhập lại để tiếp tục.";
    box.querySelector("a").href = `/accounts/login/?next=${encodeURIComponent(location.pathname + location.hash)}`;
    box.hidden = false;
    box.querySelector("a").focus();
  };

  /** Nobody has signed in on this telephone, and there is no network to do so. */
  Field.nobody = () => {
    document.querySelectorAll("[data-signed-in]").forEach((part) => (part.hidden = true));
    const box = document.querySelector("[data-signed-out]");
    box.querySelector("h2").textContent = "Chưa đăng nhập";
    box.querySelector("[data-kept]").textContent = "Hãy đăng nhập khi có mạng; những gì bạn đã ghi trên máy này vẫn được giữ.";
    box.hidden = false;
  };

  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/field/worker.js", { scope: "/field/" }).catch(() => {
      // Without it the page works as long as there is a network.
    });
  }
})();
