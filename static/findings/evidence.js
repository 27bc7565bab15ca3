/* Evidence: each chosen file is sent by itself, with its progress; what was cut off is sent again. */
"use strict";

(() => {
  const form = document.querySelector("[data-evidence-form]");
  if (!form) return;
  const tiles = document.querySelector("[data-evidence-tiles]");
  const list = form.querySelector("[data-evidence-queue]");
  const most = Number(form.dataset.mostBytes);
  form.hidden = false;
  document.querySelector("[data-evidence-page]").hidden = true;

  const say = (text) => {
    document.getElementById("announce").textContent = text;
  };
  const make = (tag, text, className) => {
    const node = document.createElement(tag);
    if (text) node.textContent = text;
    if (className) node.className = className;
    return node;
  };

  // --- one line for each file, one file on its way at a time: a weak network carries no more

  const waiting = [];
  let sending = false;

  const line = (file) => {
    const item = { file, row: make("li"), bar: make("progress"), told: make("p", "Đang chờ gửi") };
    item.bar.max = 1;
    item.bar.value = 0;
    item.bar.setAttribute("aria-label", `Đã gửi được bao nhiêu của ${file.name}`);
    item.row.append(make("b", file.name), item.told, item.bar);
    list.append(item.row);
    return item;
  };

  const failed = (item, text, again) => {
    item.bar.hidden = true;
    item.told.className = "fault";
    item.told.textContent = text;
    say(`${item.file.name}: ${text}`);
    const button = make("button", again ? "Thử lại" : "Bỏ qua", "btn btn-link");
    button.type = "button";
    button.append(make("span", ` ${item.file.name}`, "visually-hidden"));
    button.addEventListener("click", () => {
      button.remove();
      if (!again) return item.row.remove();
      item.bar.hidden = false;
      item.bar.value = 0;
      item.told.className = "";
      item.told.textContent = "Đang chờ gửi";
      waiting.push(item);
      next();
    });
    item.row.append(button);
  };

  const saved = (item, html) => {
    item.row.remove();
    document.querySelector("[data-evidence-none]")?.remove();
    tiles.hidden = false;
    // Our own server's markup, escaped there.
    tiles.insertAdjacentHTML("beforeend", html);
    const added = tiles.lastElementChild;
    const twin = [...tiles.querySelectorAll("a.evidence-look")].filter(
      (link) => link.href === added.querySelector("a.evidence-look").href,
    );
    if (twin.length > 1) added.remove(); // sent before, though the answer was lost
    document.getElementById("evidence-title").textContent = `Bằng chứng (${tiles.children.length})`;
    say(`Đã lưu ${item.file.name}`);
  };

  const answered = (item, request) => {
    const isData = (request.getResponseHeader("Content-Type") || "").startsWith("application/json");
    let answer = {};
    try {
      if (isData) answer = JSON.parse(request.responseText);
    } catch {
      // cut off within the answer: sent again, it is told anew
    }
    if (request.status === 200 && answer.tiles) return saved(item, answer.tiles.join(""));
    if (answer.faults) return failed(item, answer.faults.join(" "), false);
    if (request.status === 200 || request.status === 403)
      return failed(item, "Phiên làm việc đã hết hoặc bạn không còn quyền gửi. Hãy đăng nhập lại ở một thẻ khác rồi bấm “Thử lại”.", true);
    if (request.status === 404) return failed(item, "Hồ sơ này không còn trong phạm vi của bạn.", false);
    if (request.status === 409) return failed(item, "Hồ sơ vừa được người khác sửa.", true);
    return failed(item, "Máy chủ đang bận nên chưa lưu được tệp.", true);
  };

  const send = (item) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    // As it is now: signing in again in another tab gives a new one.
    const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
    body.append("csrfmiddlewaretoken", token || form.elements.csrfmiddlewaretoken.value);
    body.append("uploads", item.file, item.file.name);
    request.open("POST", form.getAttribute("action"));
    request.setRequestHeader("Accept", "application/json");
    // Five minutes: twenty megabytes at half a megabit a second.
    request.timeout = 320000;
    item.told.textContent = "Đang gửi…";
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      item.bar.value = event.loaded / event.total;
      const done = event.loaded === event.total;
      item.told.textContent = done ? "Đã gửi, đang xử lý…" : `Đang gửi ${Math.floor(item.bar.value * 100)}%`;
    });
    request.addEventListener("loadend", () => {
      sending = false;
      if (request.status) answered(item, request);
      else failed(item, "Mất kết nối nên chưa gửi được tệp.", true);
      next();
    });
    request.send(body);
  };

  const next = () => {
    if (sending || !waiting.length) return;
    sending = true;
    send(waiting.shift());
  };

  form.addEventListener("change", (event) => {
    for (const file of event.target.files || []) {
      const item = line(file);
      if (file.size > most) failed(item, "Tệp quá giới hạn 20 MB; hãy giảm độ phân giải hoặc tách tệp.", false);
      else if (!file.size) failed(item, "Tệp không có nội dung.", false);
      else waiting.push(item);
    }
    event.target.value = "";
    next();
  });

  window.addEventListener("beforeunload", (event) => {
    if (sending || waiting.length) event.preventDefault();
  });
})();
