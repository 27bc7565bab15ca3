/* The session's end is announced, and what was typed outlives it: kept in this tab until saved. */
"use strict";

(() => {
  const body = document.body;
  const user = body.dataset.user;
  const PREFIX = "draft:";
  const WHO = "congvu:user"; // whose unsent work the pages of the work on the spot show

  try {
    if (user) localStorage.setItem(WHO, user);
    document.querySelectorAll("form[data-sign-out]").forEach((form) =>
      form.addEventListener("submit", () => localStorage.removeItem(WHO)));
  } catch {
    // forbidden by the browser's settings: then those pages do not work either
  }

  // --- drafts ------------------------------------------------------------------------------

  const store = (() => {
    try {
      sessionStorage.setItem("test", "1");
      sessionStorage.removeItem("test");
      return sessionStorage;
    } catch {
      return null; // forbidden by the browser's settings: nothing is kept
    }
  })();
  const read = (key) => {
    try {
      return JSON.parse(store.getItem(key));
    } catch {
      return null;
    }
  };
  const write = (key, draft) => {
    try {
      store.setItem(key, JSON.stringify(draft));
    } catch {
      // full: the form still works, it is only not kept
    }
  };
  const drafts = () => Object.keys(store).filter((key) => key.startsWith(PREFIX));

  const NEVER = new Set(["csrfmiddlewaretoken", "_once"]);
  const keeps = (field) =>
    field.name && !NEVER.has(field.name) && !["password", "file", "submit", "button"].includes(field.type);
  const values = (form) => {
    const kept = {};
    for (const field of form.elements) {
      if (!keeps(field)) continue;
      kept[field.name] ??= [];
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.checked) kept[field.name].push(field.value);
      } else if (field.type === "select-multiple") {
        kept[field.name].push(...[...field.selectedOptions].map((option) => option.value));
      } else {
        kept[field.name].push(field.value);
      }
    }
    return kept;
  };
  const restore = (form, kept) => {
    const left = structuredClone(kept);
    for (const field of form.elements) {
      if (!keeps(field) || !left[field.name]) continue;
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = left[field.name].includes(field.value);
      } else if (field.type === "select-multiple") {
        for (const option of field.options) option.selected = left[field.name].includes(option.value);
      } else if (left[field.name].length) {
        field.value = left[field.name].shift();
      }
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
  };

  const offer = (form, key, draft) => {
    const box = document.createElement("div");
    box.className = "notice notice-info";
    box.setAttribute("role", "status");
    const time = new Date(draft.at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
    const text = document.createElement("div");
    const sentence = document.createElement("p");
    sentence.textContent = `Có nội dung bạn nhập lúc ${time} ở trang này mà chưa được lưu.`;
    const yes = document.createElement("button");
    yes.type = "button";
    yes.className = "btn btn-primary";
    yes.textContent = "Lấy lại nội dung đó";
    const no = document.createElement("button");
    no.type = "button";
    no.className = "btn btn-link";
    no.textContent = "Bỏ";
    text.append(sentence, yes, no);
    box.append(text);
    form.before(box);
    yes.addEventListener("click", () => {
      restore(form, draft.values);
      box.remove();
      form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    });
    no.addEventListener("click", () => {
      store.removeItem(key);
      box.remove();
    });
  };

  const keepForms = () => {
    const here = new Set();
    document.querySelectorAll("form[data-draft]").forEach((form, place) => {
      const key = `${PREFIX}${user}:${location.pathname}:${place}`;
      here.add(key);
      const draft = read(key);
      const before = JSON.stringify(values(form));
      if (draft && !("bound" in form.dataset)) {
        if (draft.sent || JSON.stringify(draft.values) === before) store.removeItem(key);
        else offer(form, key, draft);
      } else if (draft) {
        write(key, { ...draft, sent: false });
      }
      form.addEventListener("input", () => write(key, { at: Date.now(), values: values(form) }));
      form.addEventListener("submit", () =>
        write(key, { at: Date.now(), values: values(form), sent: true }));
    });
    return here;
  };

  if (store && user) {
    const here = keepForms();
    for (const key of drafts()) {
      const draft = read(key);
      if (here.has(key)) continue;
      if (!key.startsWith(`${PREFIX}${user}:`)) store.removeItem(key); // somebody else's
      else if (draft?.sent && !("refused" in body.dataset)) store.removeItem(key); // it was saved
      else if (draft?.sent) write(key, { ...draft, sent: false });
    }
    document.querySelectorAll("form[data-sign-out]").forEach((form) =>
      form.addEventListener("submit", () => drafts().forEach((key) => store.removeItem(key))));
  } else if (store) {
    // Signed out in between: what was sent was not saved.
    for (const key of drafts()) write(key, { ...read(key), sent: false });
  }

  // --- the end of the session ----------------------------------------------------------------

  const idle = Number(body.dataset.idleMinutes) * 60000;
  const url = body.dataset.sessionUrl;
  const notice = document.getElementById("idle-notice");
  const ended = document.getElementById("idle-ended");
  if (!user || !idle || !notice || !ended) return;

  const SEEN = "congvu:seen"; // shared by all tabs: one tab's work keeps the others' session too
  let own = Date.now();
  const seen = () => {
    try {
      return Math.max(own, Number(localStorage.getItem(SEEN)) || 0);
    } catch {
      return own;
    }
  };
  const touch = () => {
    own = Date.now();
    try {
      localStorage.setItem(SEEN, String(own));
    } catch {
      // then each tab counts by itself
    }
  };
  touch();
  document.addEventListener("htmx:afterRequest", touch);

  let asking = false;
  let over = false; // the server has said so
  const extend = async () => {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch(url, { redirect: "manual", cache: "no-store" });
      if (answer.ok) {
        touch();
        notice.hidden = true;
      } else if (answer.type === "opaqueredirect" || answer.status === 403) {
        over = true;
        end();
      }
    } catch {
      // no network: said at the top; tried again at the next key or click
    } finally {
      asking = false;
    }
  };
  const end = () => {
    notice.hidden = true;
    const link = ended.querySelector("[data-idle-login]");
    link.href = `${body.dataset.loginUrl}?next=${encodeURIComponent(location.pathname + location.search)}`;
    if (ended.hidden) {
      ended.hidden = false;
      link.focus();
    }
  };

  const early = Math.min(120000, idle / 2);
  const tick = () => {
    const left = seen() + idle - Date.now();
    if (over || left <= 0) return end();
    ended.hidden = true;
    if (left > early) {
      notice.hidden = true;
      return undefined;
    }
    const seconds = Math.ceil(left / 1000);
    notice.querySelector("[data-idle-left]").textContent =
      seconds > 60 ? `${Math.ceil(seconds / 60)} phút` : `${seconds} giây`;
    if (notice.hidden) {
      notice.hidden = false;
      notice.querySelector("[data-idle-extend]").focus();
    }
    return undefined;
  };
  setInterval(tick, 5000);
  document.addEventListener("visibilitychange", tick);
  notice.querySelector("[data-idle-extend]").addEventListener("click", extend);
  // Whoever types is not idle: the server is told at most once in a third of the idle time.
  document.addEventListener("input", () => {
    if (Date.now() - seen() > idle / 3) extend();
  });
})();
