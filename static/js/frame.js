/* Menus, waiting, and parts of pages that are drawn again in place. Pages work without it. */
"use strict";

(() => {
  // --- menus: <details class="menu"> closes on Escape, on a click beside it, when focus leaves it.

  const openMenus = () => document.querySelectorAll("details.menu[open]");

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenus().forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("click", (event) => {
    openMenus().forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("focusin", (event) => {
    openMenus().forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.menu");
    if (!menu || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const items = [...menu.querySelectorAll(".menu-panel a, .menu-panel button")];
    if (!items.length) return;
    event.preventDefault();
    menu.open = true;
    const step = event.key === "ArrowDown" ? 1 : -1;
    const place = items.indexOf(document.activeElement) + step;
    items[(place + items.length) % items.length].focus();
  });

  // --- a wait over a second shows that something is under way

  const bar = document.createElement("div");
  bar.className = "wait-bar";
  bar.hidden = true;
  document.body.append(bar);
  let waiting = 0;
  const wait = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { bar.hidden = false; }, 1000);
  };
  const done = () => {
    clearTimeout(waiting);
    bar.hidden = true;
  };
  window.addEventListener("pageshow", done);

  // --- htmx: the same address drawn again in place

  document.addEventListener("htmx:beforeRequest", wait);
  document.addEventListener("htmx:afterRequest", done);

  // Empty filters stay out of the address.
  document.addEventListener("htmx:configRequest", (event) => {
    const { verb, parameters } = event.detail;
    if (verb !== "get") return;
    for (const name of Object.keys(parameters)) {
      if (parameters[name] === "") delete parameters[name];
    }
  });

  // Led elsewhere (signed out meanwhile), or refused: then the whole page is shown, not a part.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo } = event.detail;
    const asked = new URL(pathInfo.requestPath, location.href);
    const answered = new URL(xhr.responseURL || asked.href, location.href);
    if (xhr.status >= 400 || answered.pathname !== asked.pathname) {
      event.detail.shouldSwap = false;
      location.assign(xhr.status >= 400 ? asked.href : answered.href);
    }
  });
  document.addEventListener("htmx:sendError", (event) => {
    say("Không kết nối được với máy chủ. Hãy kiểm tra mạng rồi thử lại.");
    event.detail.elt.focus?.();
  });

  const live = document.getElementById("announce");
  const say = (text) => { if (live) live.textContent = text; };

  document.addEventListener("htmx:afterSettle", () => {
    const text = document.querySelector("#main [data-announce]");
    if (text) say(text.textContent.trim());
  });

  // --- offline is said at the top

  const offline = document.createElement("div");
  offline.className = "notice notice-warning offline";
  offline.setAttribute("role", "status");
  offline.textContent = "Đang mất kết nối mạng. Nội dung bạn đang nhập được giữ trên trình duyệt này; hãy gửi khi có mạng trở lại.";
  const showOffline = () => {
    if (navigator.onLine) offline.remove();
    else document.querySelector(".frame")?.before(offline);
  };
  window.addEventListener("online", showOffline);
  window.addEventListener("offline", showOffline);
  showOffline();
})();
