/* Small things to draw pages with. */
"use strict";

(() => {
  /** An element with attributes and children; texts are texts and never markup. */
  Field.make = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return made;
  };

  const STATES = {
    waiting: ["secondary", "▯", "Trên máy này, chưa gửi"],
    sending: ["info", "↑", "Đang gửi"],
    saved: ["success", "✓", "Đã lưu"],
    refused: ["danger", "✕", "Máy chủ không nhận"],
  };
  /** A state: sign, word and colour. */
  Field.state = (tone, sign, text) =>
    Field.make("span", { class: `state state-${tone}` }, Field.make("span", { "aria-hidden": "true" }, sign), ` ${text}`);
  /** Where something that was written stands. */
  Field.badge = (state) => {
    const made = Field.state(...(STATES[state] ?? STATES.waiting));
    made.dataset.state = state;
    return made;
  };

  /** A day as people here write it. */
  Field.day = (iso) => iso.split("-").reverse().join("/");

  const two = (number) => String(number).padStart(2, "0");
  Field.today = () => {
    const now = new Date();
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  };

  // A page that is not kept cannot be opened without a network: said here, not by the browser.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || Field.isOnline()) return;
    const url = new URL(link.href, location);
    if (url.origin === location.origin && /^\/field\/(visit\/)?$/.test(url.pathname)) return;
    event.preventDefault();
    const said = document.querySelector("[data-network]");
    said.textContent = "Trang này cần mạng. Những gì bạn ghi vẫn được giữ trên máy này.";
    said.dataset.tone = "warning";
  });

  /** The line at the top: whether there is a network, and what waits. */
  Field.drawBar = async () => {
    const bar = document.querySelector("[data-network]");
    if (!bar || !Field.user()) return;
    const unsent = await Field.unsent();
    const waiting = unsent.filter((entry) => entry.state !== "refused").length;
    const refused = unsent.length - waiting;
    const said = [];
    if (!Field.isOnline()) said.push("Không có mạng. Mọi thứ vẫn được giữ trên máy này.");
    if (waiting) said.push(Field.isOnline() ? `Đang gửi ${waiting} mục…` : `${waiting} mục chờ gửi.`);
    if (refused) said.push(`${refused} mục máy chủ không nhận, xem bên dưới.`);
    const text = said.join(" ") || "Đã lưu hết lên máy chủ.";
    if (bar.textContent !== text) bar.textContent = text;
    bar.dataset.tone = refused ? "danger" : !Field.isOnline() ? "warning" : waiting ? "info" : "success";
  };
  Field.onChange(() => Field.drawBar());
})();
