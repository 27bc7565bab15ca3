/* Forms: one submit, a warning before what was typed is lost, days picked, long lists searched. */
"use strict";

(() => {
  const within = (root, selector) => [
    ...(root.matches?.(selector) ? [root] : []),
    ...root.querySelectorAll(selector),
  ];

  // --- one submit: a second click does nothing

  const buttons = (form) => form.querySelectorAll("button[type=submit]");
  const lock = (form, pressed) => {
    form.dataset.sent = "yes";
    buttons(form).forEach((button) => button.setAttribute("aria-disabled", "true"));
    const button = pressed || buttons(form)[0];
    if (button?.matches("button")) {
      button.dataset.label = button.innerHTML;
      button.innerHTML = '<span class="spinner" aria-hidden="true"></span>';
      button.append(form.dataset.waitText || "Đang lưu…");
    }
    // No answer for a minute, or one that is a file and leads nowhere: it may be sent again. Should
    // the first have arrived after all, the server takes the form once.
    setTimeout(() => unlock(form), 60000);
  };
  const unlock = (form) => {
    delete form.dataset.sent;
    buttons(form).forEach((button) => {
      button.removeAttribute("aria-disabled");
      if (button.dataset.label === undefined) return;
      button.innerHTML = button.dataset.label;
      delete button.dataset.label;
    });
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-guard]")) return;
    if (form.dataset.sent) event.preventDefault();
    else lock(form, event.submitter);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("[data-guard][data-sent]");
    if (form) unlock(form);
  });
  // Back from the next page: the form is as it was and may be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("[data-guard][data-sent]").forEach(unlock);
  });

  // --- leaving a form that was changed

  const changed = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-draft]")) changed.add(form);
  });
  // Signing in again: what was typed is kept (session.js), so there is nothing to warn of.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-idle-login]")) changed.clear();
  });
  window.addEventListener("beforeunload", (event) => {
    const unsaved = [...changed].some((form) => form.isConnected && !form.dataset.sent);
    if (unsaved) event.preventDefault();
  });

  // --- focus goes to the summary of faults

  const toSummary = (root) => {
    const summary = root.querySelector("#error-summary");
    if (summary) summary.focus();
  };

  // --- days: typed, or picked from the browser's own calendar

  const CALENDAR =
    '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">' +
    '<path d="M4 5h16v16H4zM4 10h16M8 2v5M16 2v5"/></svg><span class="visually-hidden">Chọn ngày trong lịch</span>';
  const toIso = (text) => {
    const parts = /^\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\s*$/.exec(text);
    return parts ? `${parts[3]}-${parts[2].padStart(2, "0")}-${parts[1].padStart(2, "0")}` : "";
  };
  const addPicker = (input) => {
    const native = document.createElement("input");
    native.type = "date";
    if (typeof native.showPicker !== "function" || input.closest(".day-pick")) return;
    native.tabIndex = -1;
    native.setAttribute("aria-hidden", "true");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-outline-secondary";
    button.innerHTML = CALENDAR;
    const box = document.createElement("div");
    box.className = "day-pick";
    input.replaceWith(box);
    box.append(input, button, native);
    button.addEventListener("click", () => {
      native.value = toIso(input.value);
      native.showPicker();
    });
    native.addEventListener("change", () => {
      if (!native.value) return;
      input.value = native.value.split("-").reverse().join("/");
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    });
  };

  // --- a long <select data-search-select>: typed words, without tone marks, narrow it

  const fold = (text) =>
    text.toLowerCase().replace(/đ/g, "d").normalize("NFD").replace(/\p{Mn}/gu, "").trim();
  const addSearch = (select) => {
    // A short list is read faster than searched.
    if (select.closest(".search-select") || select.multiple || select.options.length < 8) return;
    const options = [...select.options].map((option) => [option, fold(option.text)]);
    const search = document.createElement("input");
    search.type = "search";
    search.className = "form-control";
    search.placeholder = "Gõ vài chữ để tìm, không cần dấu";
    search.autocomplete = "off";
    const label = select.labels?.[0]?.textContent.trim() || "";
    search.setAttribute("aria-label", `Tìm trong danh sách ${label}`);
    const told = document.createElement("span");
    told.className = "visually-hidden";
    told.setAttribute("role", "status");
    const box = document.createElement("div");
    box.className = "search-select";
    select.replaceWith(box);
    box.append(search, select, told);
    const narrow = () => {
      const words = fold(search.value).split(/\s+/).filter(Boolean);
      const chosen = select.value;
      const fits = options.filter(([option, text]) =>
        option.value === "" || option.value === chosen || words.every((word) => text.includes(word)));
      select.replaceChildren(...fits.map(([option]) => option));
      select.value = chosen;
      const count = fits.filter(([option]) => option.value !== "").length;
      told.textContent = words.length ? `Còn ${count} lựa chọn` : "";
      if (words.length === 0) return;
      const found = fits.filter(([option, text]) =>
        option.value !== "" && words.every((word) => text.includes(word)));
      if (found.length === 1) {
        select.value = found[0][0].value;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }
    };
    search.addEventListener("input", (event) => {
      event.stopPropagation();
      narrow();
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
      if (event.key === "ArrowDown" || event.key === "Enter") select.focus();
    });
  };

  // --- a password of fourteen signs is easier to type when it can be seen

  const addReveal = (input) => {
    if (input.closest(".password-reveal")) return;
    const box = document.createElement("div");
    box.className = "password-reveal";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-outline-secondary";
    const tell = () => {
      const hidden = input.type === "password";
      button.textContent = hidden ? "Hiện" : "Ẩn";
      const label = input.labels?.[0]?.textContent.trim() || "mật khẩu";
      button.setAttribute("aria-label", `${button.textContent} ${label}`);
    };
    const focused = document.activeElement === input;
    input.replaceWith(box);
    box.append(input, button);
    tell();
    if (focused) input.focus();
    button.addEventListener("click", () => {
      input.type = input.type === "password" ? "text" : "password";
      tell();
    });
    // What leaves is a password again, so that the browser treats it as one.
    input.form?.addEventListener("submit", () => { input.type = "password"; });
  };

  const equip = (root) => {
    within(root, "input[type=password]").forEach(addReveal);
    within(root, "input[data-day]").forEach(addPicker);
    within(root, "select[data-search-select]").forEach(addSearch);
    toSummary(root);
  };
  equip(document);
  document.addEventListener("htmx:afterSwap", (event) => equip(event.detail.target?.isConnected ? event.detail.target : document));

  // --- print buttons

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
