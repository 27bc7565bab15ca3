/* A visit is logged: roll-call, checklist, findings, strengths, citizens' cases, photographs.

   The server's answer is never waited for: what is written stands here at once, with its state. */
"use strict";

(() => {
  const { make, badge } = Field;
  const pk = Number(location.hash.slice(1));
  addEventListener("hashchange", () => location.reload());
  const $ = (selector, root = document) => root.querySelector(selector);
  let visit = null; // how the server last told it
  let texts = {};
  const contents = new Map(); // of findings, by their names here

  // --- what stands, by kind ------------------------------------------------------------------------

  const WORDS = {
    roll: (v) => [
      `${v.department}: ${v.present}/${v.headcount} có mặt`,
      `vắng có lý do ${v.excused}, không lý do ${v.unexcused}${v.reasons ? ` (${v.reasons})` : ""}`,
    ],
    finding: (v) => [v.content, [label("severities", v.severity), label("categories", v.category), label("subjects", v.subject)].filter(Boolean).join(", ")],
    case: (v) => [v.subject, [v.person_name, v.since && `từ ${Field.day(v.since)}`, v.promised_by && `hẹn ${Field.day(v.promised_by)}`, v.settled_on && `xong ${Field.day(v.settled_on)}`].filter(Boolean).join(", ")],
    photo: (v) => [v.note || v.name, v.finding ? `Ảnh của tồn tại: ${contents.get(v.finding) ?? ""}` : ""],
  };
  const label = (set, code) => visit?.[set]?.find(([each]) => each === code)?.[1] ?? "";

  const row = (slot) => {
    const removed = slot.value === null;
    const said = slot.value ?? slot.was;
    const [words, small] = said ? WORDS[slot.kind](said) : ["mục này", ""];
    const text = removed ? `Xóa: ${words}` : words;
    const editable = !visit?.locked || slot.state !== "saved";
    return make(
      "li", { class: "field-row", "data-slot": slot.slot },
      slot.kind === "photo" ? picture(slot) : null,
      make(
        "div", { class: "field-row-text" },
        make("p", {}, text),
        small ? make("p", { class: "quiet" }, small) : null,
        make("p", {}, badge(slot.state)),
        slot.reason ? make("p", { class: "field-reason" }, slot.reason) : null,
      ),
      editable && slot.state !== "sending" ? make(
        "div", { class: "field-row-deeds" },
        !removed && forms[slot.kind] ? make("button", { type: "button", class: "btn btn-outline-primary", onclick: () => edit(slot), "aria-label": `Sửa: ${text}` }, "Sửa") : null,
        make("button", { type: "button", class: "btn btn-outline-secondary", onclick: () => remove(slot), "aria-label": `Xóa: ${text}` },
          slot.state === "refused" ? "Bỏ" : "Xóa"),
      ) : null,
    );
  };

  const picture = (slot) => {
    const src = slot.file ? URL.createObjectURL(slot.file) : visit?.thumbs?.[slot.ref];
    if (!src) return make("span", { class: "field-no-picture", "aria-hidden": "true" });
    return make("img", { src, alt: slot.value?.note || "Ảnh đã chụp", loading: "lazy", onload: (event) => slot.file && URL.revokeObjectURL(event.target.src) });
  };

  const remove = async (slot) => {
    const unseen = slot.key && !slot.tried; // the server has never heard of it
    const known = visit?.slots[slot.slot];
    if (slot.state === "refused" || (unseen && !known)) {
      if (!confirm(known ? "Bỏ phần chưa gửi được? Bản trên máy chủ giữ nguyên." : "Xóa mục này khỏi máy? Máy chủ không có bản nào.")) return;
      return Field.forget(slot.key);
    }
    if (!confirm("Xóa mục này? Nhật ký vẫn ghi lại.")) return;
    await Field.write(pk, slot.kind, slot.ref, null);
  };

  // --- forms ---------------------------------------------------------------------------------------

  const forms = {};
  const values = (form) => {
    const found = {};
    for (const field of form.elements) {
      if (!field.name || field.type === "file") continue;
      if (field.type === "radio") {
        if (field.checked) found[field.name] = field.value;
        else found[field.name] ??= "";
      } else found[field.name] = field.value;
    }
    return found;
  };
  const fill = (form, given) => {
    for (const field of form.elements) {
      if (!field.name || !(field.name in given)) continue;
      if (field.type === "radio") field.checked = field.value === String(given[field.name]);
      else if (field.type !== "file") field.value = given[field.name] ?? "";
    }
    form.dispatchEvent(new Event("field:filled"));
  };
  const say = (form, text) => {
    const box = $("[data-error]", form);
    box.textContent = text;
    box.hidden = !text;
    if (text) box.focus();
  };

  /** A form of one kind of thing: kept as it is typed, written down by its button. */
  const takeForm = (kind, read) => {
    const form = $(`form[data-form="${kind}"]`);
    forms[kind] = form;
    const box = form.closest("details");
    const clear = () => {
      form.reset();
      form.elements.ref.value = "";
      $("[data-save]", form).textContent = form.dataset.add;
      say(form, "");
      form.dispatchEvent(new Event("field:filled"));
      box.open = false;
    };
    /** What stands in the form now: the next thing may have been begun already. */
    const keep = () => {
      const now = values(form);
      return Object.values(now).some(Boolean) ? Field.keepDraft(pk, kind, now) : Field.dropDraft(pk, kind);
    };
    form.addEventListener("input", () => Field.keepDraft(pk, kind, values(form)));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      let value;
      try {
        value = read(form, values(form));
      } catch (fault) {
        if (!(fault instanceof Wrong)) throw fault;
        return say(form, fault.message);
      }
      const typed = values(form);
      clear();
      $("summary", box).focus();
      try {
        await Field.write(pk, kind, typed.ref || crypto.randomUUID(), value);
      } catch {
        fill(form, typed);
        box.open = true;
        return say(form, "Máy này không giữ được nội dung (có thể đã hết chỗ). Hãy xóa bớt ảnh chưa gửi rồi ghi lại.");
      }
      await keep();
      announce("Đã giữ trên máy này.");
    });
    $("[data-clear]", form).addEventListener("click", () => {
      clear();
      keep();
      $("summary", box).focus();
    });
    Field.draft(pk, kind).then((draft) => {
      if (!draft || !Object.values(draft).some(Boolean)) return;
      fill(form, draft);
      box.open = true;
      if (draft.ref) $("[data-save]", form).textContent = form.dataset.change;
    });
  };
  class Wrong extends Error {}

  const edit = (slot) => {
    const form = forms[slot.kind];
    fill(form, { ...slot.value, ...shown(slot), ref: slot.ref });
    $("[data-save]", form).textContent = form.dataset.change;
    const box = form.closest("details");
    box.open = true;
    form.querySelector("input:not([type=hidden]), select, textarea").focus();
    Field.keepDraft(pk, slot.kind, values(form));
  };
  const shown = (slot) => slot.kind === "case"
    ? Object.fromEntries(["since", "promised_by", "settled_on"].map((name) => [name, slot.value[name] ? Field.day(slot.value[name]) : ""]))
    : {};

  const need = (text, said) => {
    if (!text.trim()) throw new Wrong(said);
    return text.trim();
  };
  const count = (text, said) => {
    if (!/^\d{1,5}$/.test(text.trim() || "0")) throw new Wrong(`“${said}” phải là số người, ví dụ 12.`);
    return Number(text.trim() || 0);
  };
  const day = (text, said) => {
    if (!text.trim()) return "";
    const found = text.trim().match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/);
    const made = found && new Date(Number(found[3]), found[2] - 1, found[1]);
    if (!made || made.getDate() !== Number(found[1]) || made.getMonth() + 1 !== Number(found[2])) throw new Wrong(`“${said}” ghi như 17/3/2026.`);
    return `${found[3]}-${found[2].padStart(2, "0")}-${found[1].padStart(2, "0")}`;
  };

  const readRoll = (form, v) => {
    const value = {
      department: need(v.department, "Hãy ghi tên phòng, bộ phận."),
      headcount: count(v.headcount, "Tổng số"), present: count(v.present, "Có mặt"),
      excused: count(v.excused, "Vắng có lý do"), unexcused: count(v.unexcused, "Vắng không lý do"),
      reasons: v.reasons.trim(),
    };
    const sum = value.present + value.excused + value.unexcused;
    if (sum !== value.headcount) {
      throw new Wrong(`Có mặt ${value.present} + vắng có lý do ${value.excused} + vắng không lý do ${value.unexcused} = ${sum}, khác tổng số ${value.headcount}. Hãy sửa cho khớp.`);
    }
    return value;
  };
  const readFinding = (form, v) => ({
    category: need(v.category, "Hãy chọn nhóm tồn tại."), severity: need(v.severity, "Hãy chọn mức độ."),
    subject: v.subject, content: need(v.content, "Hãy ghi nội dung tồn tại."),
  });
  const readCase = (form, v) => ({
    person_name: v.person_name.trim(), subject: need(v.subject, "Hãy ghi nội dung vụ việc."),
    since: day(v.since, "Từ ngày"), promised_by: day(v.promised_by, "Hẹn giải quyết trước ngày"), settled_on: day(v.settled_on, "Giải quyết xong ngày"),
  });

  const announce = (text) => ($("#announce").textContent = text);

  // --- roll-call: the sum as it is typed -------------------------------------------------------------

  const drawSum = (form) => {
    const number = (name) => Number(form.elements[name].value) || 0;
    const sum = number("present") + number("excused") + number("unexcused");
    const total = number("headcount");
    $("[data-sum]", form).textContent = !total && !sum ? "" : sum === total
      ? `Khớp: ${sum} người.`
      : `Cộng được ${sum}, tổng số ${total}: ${sum < total ? `còn thiếu ${total - sum}` : `thừa ${sum - total}`} người.`;
  };

  // --- findings: texts of earlier ones -----------------------------------------------------------------

  const drawTexts = (form) => {
    const box = $("[data-texts]", form);
    const found = texts[form.elements.category.value] ?? [];
    box.replaceChildren(...(found.length ? [
      make("p", { class: "quiet" }, "Đã ghi ở các cuộc trước, chạm để dùng rồi sửa lại:"),
      make("ul", {}, found.map((text) => make("li", {},
        make("button", { type: "button", class: "btn btn-outline-secondary field-text", onclick: () => {
          form.elements.content.value = text;
          form.elements.content.focus();
          form.dispatchEvent(new Event("input", { bubbles: true }));
        } }, text)))),
    ] : []));
  };

  // --- strengths: written by itself ----------------------------------------------------------------------

  const strengths = $("textarea[name=strengths]");
  let typing = null;
  const writeStrengths = async () => {
    clearTimeout(typing);
    typing = null;
    const text = strengths.value.trim();
    const now = (await Field.slots(pk)).find((slot) => slot.slot === "strengths:");
    if (text === (now?.value?.text ?? "")) return;
    await Field.write(pk, "strengths", "", { text });
    await Field.dropDraft(pk, "strengths");
  };
  strengths.addEventListener("input", () => {
    Field.keepDraft(pk, "strengths", { text: strengths.value });
    clearTimeout(typing);
    typing = setTimeout(writeStrengths, 1500);
  });
  strengths.addEventListener("change", writeStrengths);
  const drawStrengths = (slots) => {
    const slot = slots.find((each) => each.slot === "strengths:");
    if (document.activeElement !== strengths && typing === null) strengths.value = slot?.value?.text ?? "";
    $("[data-strengths-state]").replaceChildren(...(slot ? [badge(slot.state), slot.reason ? make("p", { class: "field-reason" }, slot.reason) : ""] : []));
  };

  // --- checklist -------------------------------------------------------------------------------------------

  const REPLIES = [["YES", "Có"], ["NO", "Không"], ["NA", "Không áp dụng"]];
  const question = (asked, slot, written) => {
    const name = `q${asked.pk}`;
    const answer = (value) => Field.write(pk, "answer", String(asked.pk), value);
    const now = slot?.value ?? {};
    let control;
    if (asked.kind === "YES_NO") {
      control = make("div", { class: "field-replies" }, REPLIES.map(([code, text]) => make("label", { class: "field-reply" },
        make("input", { type: "radio", name, value: code, checked: now.reply === code, onchange: () => answer({ reply: code, number: "", text: "", note: now.note ?? "" }) }), ` ${text}`)));
    } else {
      const number = asked.kind === "NUMBER";
      control = make(number ? "input" : "textarea", {
        class: "form-control", name, rows: number ? null : "2", inputmode: number ? "decimal" : null, "aria-label": asked.text,
        onchange: (event) => {
          const text = event.target.value.trim();
          const wrong = number && text && !/^-?\d{1,9}([.,]\d{1,2})?$/.test(text);
          event.target.setAttribute("aria-invalid", wrong ? "true" : "false");
          event.target.parentElement.querySelector("[data-wrong]").textContent = wrong ? "Hãy ghi bằng số, ví dụ 12 hoặc 12,5." : "";
          if (text && !wrong) answer(number ? { reply: "", number: text.replace(",", "."), text: "", note: "" } : { reply: "", number: "", text, note: "" });
        },
      });
      control.value = (number ? String(now.number ?? "").replace(".", ",") : now.text) ?? "";
    }
    const hint = [asked.guidance, asked.legal_basis && `Căn cứ: ${asked.legal_basis}`].filter(Boolean).join(" ");
    return make(
      "fieldset", { class: "field-question", "data-question": asked.pk },
      make("legend", {}, asked.text), control,
      make("p", { class: "field-reason", "data-wrong": true, role: "alert" }),
      hint ? make("details", {}, make("summary", {}, "Hướng dẫn"), make("p", { class: "quiet" }, hint)) : null,
      slot ? make("p", {}, badge(slot.state)) : null,
      slot?.reason ? make("p", { class: "field-reason" }, slot.reason) : null,
      slot?.value && asked.kind === "YES_NO" ? make("input", {
        class: "form-control", name: `${name}note`, maxlength: "500", placeholder: "Ghi chú (không bắt buộc)", "aria-label": `Ghi chú: ${asked.text}`, value: now.note ?? "",
        onchange: (event) => answer({ reply: now.reply, number: "", text: "", note: event.target.value.trim() }),
      }) : null,
      now.reply === "NO" && asked.category && written.has(asked.category) ? make("p", { class: "quiet" }, "Đã ghi tồn tại thuộc nhóm này.") : null,
      now.reply === "NO" && asked.category ? make("button", { type: "button", class: "btn btn-outline-primary", onclick: () => {
        const form = forms.finding;
        fill(form, { ref: "", category: asked.category, severity: asked.severity, subject: "", content: `Kiểm tra “${asked.text}”: không.${now.note ? ` ${now.note}` : ""}` });
        form.closest("details").open = true;
        form.elements.content.focus();
        Field.keepDraft(pk, "finding", values(form));
      } }, written.has(asked.category) ? "Ghi thêm tồn tại từ câu này" : "Ghi tồn tại từ câu này") : null,
    );
  };
  const drawQuestions = (slots) => {
    const box = $("[data-questions]");
    const asked = visit?.questions ?? [];
    if (!asked.length) {
      box.replaceChildren(make("p", { class: "quiet" }, "Không có bảng kiểm cho các nội dung của cuộc này."));
      return;
    }
    if (box.contains(document.activeElement) && /INPUT|TEXTAREA/.test(document.activeElement.tagName) && document.activeElement.type !== "radio") return;
    const focused = document.activeElement?.name && box.contains(document.activeElement) ? [document.activeElement.name, document.activeElement.value] : null;
    const opened = new Set([...box.querySelectorAll("details[open]")].map((each) => each.closest("[data-question]").dataset.question));
    const groups = Map.groupBy ? Map.groupBy(asked, (each) => each.checklist) : asked.reduce((found, each) => found.set(each.checklist, [...(found.get(each.checklist) ?? []), each]), new Map());
    const written = new Set(slots.filter((each) => each.kind === "finding" && each.value).map((each) => each.value.category));
    const by = new Map(slots.filter((each) => each.kind === "answer").map((each) => [each.ref, each]));
    box.replaceChildren(...[...groups].map(([title, found]) => make("div", {}, make("h3", {}, title), found.map((each) => question(each, by.get(String(each.pk)), written)))));
    opened.forEach((each) => { const found = $(`[data-question="${each}"] details`, box); if (found) found.open = true; });
    if (focused) box.querySelector(`[name="${focused[0]}"][value="${focused[1]}"]`)?.focus();
  };

  // --- photographs ---------------------------------------------------------------------------------------------

  const LONGEST = 2560;
  /** A picture as small as it needs to be to travel; as it is where the browser cannot read it. */
  const lighter = async (file) => {
    try {
      const whole = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(whole.width, whole.height));
      if (scale === 1 && file.size < 1500000) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(whole.width * scale);
      canvas.height = Math.round(whole.height * scale);
      canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
      whole.close();
      const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
      return made && made.size < file.size ? made : file;
    } catch {
      return file;
    }
  };
  const camera = $("input[name=photo]");
  camera.addEventListener("change", async () => {
    for (const file of [...camera.files]) {
      if (!/^image\//.test(file.type) && !/\.(heic|heif|jpe?g|png)$/i.test(file.name)) {
        $("[data-photo-error]").textContent = `“${file.name}” không phải là ảnh. Tài liệu khác gửi ở trang lượt kiểm tra.`;
        $("[data-photo-error]").hidden = false;
        continue;
      }
      const note = $("input[name=photo_note]").value.trim();
      const kept = await lighter(file);
      const value = { name: file.name || "anh.jpg", note, finding: $("select[name=photo_finding]").value, taken_at: new Date(file.lastModified || Date.now()).toISOString() };
      try {
        await Field.write(pk, "photo", crypto.randomUUID(), value, { file: kept });
      } catch {
        $("[data-photo-error]").textContent = "Máy này hết chỗ để giữ ảnh. Hãy xóa bớt ảnh chưa gửi hoặc nối mạng để gửi trước.";
        $("[data-photo-error]").hidden = false;
        break;
      }
    }
    camera.value = "";
    $("input[name=photo_note]").value = "";
    announce("Ảnh đã được giữ trên máy này.");
  });

  // --- the page ----------------------------------------------------------------------------------------------------

  const options = (select, pairs, first) => {
    const now = select.value;
    select.replaceChildren(make("option", { value: "" }, first), ...pairs.map(([code, text]) => make("option", { value: code }, text)));
    select.value = now;
  };
  const radios = (box, name, pairs) => {
    if (box.childElementCount) return;
    box.append(...pairs.map(([code, text]) => make("label", { class: "field-reply" }, make("input", { type: "radio", name, value: code }), ` ${text}`)));
  };

  let filledOnce = false;
  const drawFacts = () => {
    document.title = `${visit.unit} – ghi tại chỗ – Công vụ`;
    $("[data-unit]").textContent = visit.unit;
    $("[data-facts]").textContent = `Ngày ${visit.day_text}, cuộc ${visit.round}, ${visit.form.toLowerCase()}. ${visit.contents.join("; ")}`;
    const locked = $("[data-locked]");
    locked.hidden = !visit.locked;
    locked.textContent = visit.locked ? `${visit.locked} Mục còn trên máy này vẫn được gửi và để lại cho cán bộ xem.` : "";
    // What is half written stays to be seen.
    document.querySelectorAll(".field-add").forEach((box) => (box.hidden = Boolean(visit.locked) && !box.open));
    document.querySelectorAll("[data-adds]").forEach((box) => (box.hidden = Boolean(visit.locked)));
    strengths.readOnly = Boolean(visit.locked);
    const clash = $("[data-clashes]");
    clash.hidden = !visit.clashes;
    clash.href = visit.clashes_url;
    clash.textContent = `${visit.clashes} chỗ hai người ghi khác nhau: chọn bản đúng`;
    $("[data-visit-link]").href = visit.url;
    if (filledOnce) return;
    filledOnce = true;
    options($("select[name=category]"), visit.categories, "Chọn nhóm");
    radios($("[data-severities]"), "severity", visit.severities);
    radios($("[data-subjects]"), "subject", visit.subjects);
    takeForm("roll", readRoll);
    takeForm("finding", readFinding);
    takeForm("case", readCase);
    forms.roll.addEventListener("input", () => drawSum(forms.roll));
    forms.roll.addEventListener("field:filled", () => drawSum(forms.roll));
    forms.finding.addEventListener("change", () => drawTexts(forms.finding));
    forms.finding.addEventListener("field:filled", () => drawTexts(forms.finding));
    Field.draft(pk, "strengths").then((draft) => {
      if (!draft) return;
      strengths.value = draft.text;
      writeStrengths();
    });
  };

  const draw = async () => {
    if (!visit) return;
    visit = (await Field.get("visits", pk)) ?? visit;
    const slots = await Field.slots(pk);
    contents.clear();
    for (const slot of slots) if (slot.kind === "finding" && slot.value) contents.set(slot.ref, slot.value.content.slice(0, 60));
    drawFacts();
    for (const kind of ["roll", "finding", "case", "photo"]) {
      const found = slots.filter((slot) => slot.kind === kind);
      $(`[data-list="${kind}"]`).replaceChildren(...found.map(row));
      $(`[data-count="${kind}"]`).textContent = found.length ? `(${found.length})` : "";
    }
    const roll = slots.filter((slot) => slot.kind === "roll" && slot.value);
    const sum = (name) => roll.reduce((total, slot) => total + slot.value[name], 0);
    $("[data-roll-total]").textContent = roll.length
      ? `Cộng: ${sum("present")}/${sum("headcount")} có mặt, vắng có lý do ${sum("excused")}, không lý do ${sum("unexcused")}.` : "";
    options($("select[name=photo_finding]"), slots.filter((slot) => slot.kind === "finding" && slot.value).map((slot) => [slot.ref, slot.value.content.slice(0, 60)]), "Của cả lượt kiểm tra");
    drawStrengths(slots);
    drawQuestions(slots);
    $("[data-loading]").hidden = true;
    $("[data-page]").hidden = false;
    document.body.dataset.ready = "yes";
  };

  const refresh = async () => {
    try {
      const told = await Field.fetch(`/field/visits/${pk}/state.json`);
      await Field.put("visits", told);
      Field.online(true);
      visit = told;
      await draw();
      if (!Object.keys(texts).length) {
        texts = (await Field.fetch("/field/suggestions.json")).texts;
        await Field.put("misc", { key: "texts", value: texts });
      }
    } catch (fault) {
      if (!Field.user()) return fault instanceof Field.SignedOut ? location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname + location.hash)}`) : Field.nobody();
      if (fault instanceof Field.SignedOut) return Field.signedOut();
      if (fault.message === "404") return missing();
      Field.online(false);
      if (!visit) $("[data-loading]").textContent = "Chưa tải được lượt kiểm tra này. Hãy mở trang “Việc hôm nay” một lần khi có mạng; sau đó dùng được cả khi mất mạng.";
    }
    return undefined;
  };
  const missing = () => {
    if (!visit) $("[data-loading]").textContent = "Không tìm thấy lượt kiểm tra này, hoặc bạn không được ghi.";
  };

  Field.onChange(draw);
  let asked = null;
  // Whatever the server has taken may have brought more with it, such as a code or a thumbnail.
  Field.settled = (entry) => {
    if (entry.visit !== pk) return;
    clearTimeout(asked);
    asked = setTimeout(refresh, 1500);
  };

  (async () => {
    if (!Field.user()) {
      await refresh(); // the server tells who it is, and the page is loaded again
      return;
    }
    visit = (await Field.get("visits", pk)) ?? null;
    texts = (await Field.get("misc", "texts"))?.value ?? {};
    await draw();
    Field.drawBar();
    await refresh();
    Field.flush();
  })();
})();
