/* Today's work: the visits of this week, each opening its page; carried along for when there is no network. */
"use strict";

(() => {
  const { make } = Field;
  const box = document.querySelector("[data-visits]");
  const CARRIED = 20; // so many visits are fetched beforehand

  const card = (visit, unsent) => {
    const state = visit.closed ? ["success", "✓", "Đã hoàn thành"] : visit.begun ? ["info", "…", "Đang ghi"] : ["secondary", "○", "Chưa bắt đầu"];
    return make(
      "li", { class: "field-card" },
      make("a", { class: "field-card-link", href: `/field/visit/#${visit.pk}` }, visit.unit),
      make("p", { class: "quiet" }, [`Ngày ${Field.day(visit.day)}`, `cuộc ${visit.round}`, visit.form.toLowerCase()].join(", ")),
      visit.team ? make("p", { class: "quiet" }, [visit.team, visit.group].filter(Boolean).join(", ")) : null,
      make(
        "p", { class: "field-states" },
        Field.state(...state),
        unsent ? Field.state("warning", "▯", `${unsent} mục chưa gửi`) : null,
      ),
    );
  };

  const draw = async () => {
    const work = (await Field.get("misc", "work"))?.value;
    const unsent = await Field.unsent();
    const count = (pk) => unsent.filter((entry) => entry.visit === pk).length;
    const now = Field.today();
    const visits = work?.visits ?? [];
    const groups = [
      ["Hôm nay", visits.filter((v) => v.day === now)],
      ["Những ngày tới", visits.filter((v) => v.day > now)],
      ["Đã qua ngày, cuộc chưa hoàn thành", visits.filter((v) => v.day < now)],
    ].filter(([, found], place) => found.length || place === 0);
    box.replaceChildren(
      ...groups.map(([title, found]) =>
        make(
          "section", { class: "story-part" },
          make("h2", {}, found.length ? `${title} (${found.length})` : title),
          found.length
            ? make("ul", { class: "field-cards" }, found.map((visit) => card(visit, count(visit.pk))))
            : make("p", { class: "quiet" }, work
              ? "Không có lượt kiểm tra nào trong ngày. Xem các cuộc khác ở “Cuộc kiểm tra”."
              : "Chưa tải được danh sách; hãy mở trang này một lần khi có mạng."),
        )),
    );
    // What was written on visits that are no longer in the list is not forgotten.
    const others = [...new Set(unsent.map((e) => e.visit))].filter((pk) => !visits.some((v) => v.pk === pk));
    if (others.length) {
      box.append(
        make(
          "section", { class: "story-part" },
          make("h2", {}, "Lượt khác còn mục chưa gửi"),
          make("ul", { class: "field-cards" }, others.map((pk) =>
            make("li", { class: "field-card" },
              make("a", { class: "field-card-link", href: `/field/visit/#${pk}` }, `Lượt số ${pk}`),
              make("p", {}, `${count(pk)} mục chưa gửi`)))),
        ),
      );
    }
  };

  const refresh = async () => {
    try {
      const value = await Field.fetch("/field/work.json");
      await Field.put("misc", { key: "work", value });
      Field.online(true);
      await draw();
      const texts = await Field.fetch("/field/suggestions.json");
      await Field.put("misc", { key: "texts", value: texts.texts });
      for (const visit of value.visits.slice(0, CARRIED)) {
        await Field.put("visits", await Field.fetch(`/field/visits/${visit.pk}/state.json`));
      }
      document.body.dataset.carried = "yes";
    } catch (fault) {
      if (fault instanceof Field.SignedOut) Field.signedOut();
      else Field.online(false);
    }
  };

  Field.onChange(draw);
  (async () => {
    if (Field.user()) await draw();
    if (!Field.user()) {
      // The first time on this telephone, or after signing out: the server tells who it is.
      try {
        await Field.fetch("/field/work.json");
      } catch (fault) {
        if (fault instanceof Field.SignedOut) location.assign("/accounts/login/?next=/field/");
        else Field.nobody();
      }
      return;
    }
    Field.drawBar();
    await refresh();
    Field.flush();
  })();
})();
