"""What a plan's page shows: one of four views, the ways on, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, prefetch_related_objects
from django.urls import reverse

from accounts.requests import UserRequest
from congvu.models import Event
from congvu.pages import Action
from congvu.tables import Listing, is_export
from inspections.columns import ROUND_COLUMNS, with_rows
from inspections.facts import facts_of_plan
from inspections.item_columns import ItemFilter, item_columns, with_parts
from inspections.models import (
    Adjustment,
    Plan,
    PlanItem,
    PlanItemQuerySet,
    PlanStatus,
    Round,
    RoundStatus,
)
from inspections.plan_overlaps import check_url

_TONES = {
    PlanStatus.DRAFT: "secondary",
    PlanStatus.SUBMITTED: "warning",
    PlanStatus.ISSUED: "success",
    PlanStatus.CLOSED: "secondary",
}


def tone_of(status: str) -> str:
    """The tone in which a plan's status is shown."""
    return _TONES.get(PlanStatus(status), "secondary")


@dataclass(frozen=True)
class Tab:
    """One view of the plan, and its address."""

    label: str
    url: str
    here: bool


class PlanPage:
    """A plan as one person sees it. Items, rounds and counts are those in reach."""

    def __init__(self, request: UserRequest, plan: Plan) -> None:
        self._request, self.plan, self._user = request, plan, request.user
        self.items = PlanItem.objects.visible_to(self._user).filter(plan=plan)
        self.rounds = Round.objects.visible_to(self._user).filter(plan=plan)
        # Who only carries out a part of it reads that part, and not what was weighed elsewhere.
        self.is_whole = self._user.in_scope(plan.issuer)
        self.editable = plan.is_editable_by(self._user)
        self.adjusted = plan.bonds.adjustments if self.is_whole else 0
        asked = request.GET.get("view", "")
        self.view = asked if asked in ("items", "issued", "changes", "rounds") else "items"
        self.listing = self._listing()
        if not asked and plan.is_issued and self._no_item_is_there():
            # A workbook knows plans without their items: then the rounds are what there is.
            self.view = "rounds"
            self.listing = self._listing()
        if self.listing is not None and self.view in ("items", "issued"):
            self._read_names(self.listing)

    def _no_item_is_there(self) -> bool:
        listing = self.listing
        return listing is not None and not listing.active_filters and not listing.count

    def _read_names(self, listing: Listing) -> None:
        """Former names of all units of the page at once."""
        if not is_export(self._request):
            items = list(listing.records_of_page)
            units = [unit for item in items for unit in (item.unit, item.body)]
            prefetch_related_objects([self.plan.issuer, *units], "former_names")

    @cached_property
    def item_count(self) -> int:
        """Items in force and in reach, whatever filters are at work."""
        if self.view == "items" and self.listing and not self.listing.active_filters:
            return self.listing.count
        return self.items.in_force().count()

    def _listing(self) -> Listing | None:
        match self.view:
            case "items":
                return self._item_listing(self.items.in_force(), "Mục kế hoạch", "muc-ke-hoach")
            case "issued":
                return self._item_listing(
                    self.items.as_issued(), "Mục khi ban hành", "muc-khi-ban-hanh"
                )
            case "rounds":
                return self._round_listing()
        return None

    def _item_listing(self, items: Any, title: str, name: str) -> Listing:
        hint = (
            "Thêm từng mục, chép từ kế hoạch năm trước, nhập từ bảng tính, hoặc lấy từ đề xuất."
            if self.editable and self.plan.is_draft
            else ""
        )
        return Listing(
            self._request,
            title=title,
            queryset=with_parts(items) if is_export(self._request) else self._rows(items),
            shape=item_columns(
                with_programmes=self.plan.bonds.has_programmes, with_reasons=self.is_whole
            ),
            filterset=ItemFilter,
            order="line",
            count_noun="mục",
            empty_title="Kế hoạch chưa có mục nào",
            empty_hint=hint,
            file_name=f"{name}-{self.plan.pk}",
        )

    def _rows(self, items: PlanItemQuerySet) -> PlanItemQuerySet:
        """What the columns on screen read; names are read for the whole page (`_read_names`)."""
        items = items.select_related("unit", "body", "team")
        return items.prefetch_related("programmes") if self.plan.bonds.has_programmes else items

    def _round_listing(self) -> Listing:
        writes = self._user.may("rounds.change")
        return Listing(
            self._request,
            title="Cuộc kiểm tra",
            queryset=with_rows(self.rounds, self._user, for_export=is_export(self._request)),
            shape=ROUND_COLUMNS,
            order="-ends_on",
            count_noun="cuộc",
            empty_title="Chưa có cuộc nào thực hiện kế hoạch này",
            empty_hint="Khi tạo cuộc kiểm tra, chọn kế hoạch này ở mục “Căn cứ và đoàn”."
            if writes
            else "",
            file_name=f"cuoc-kiem-tra-theo-ke-hoach-{self.plan.pk}",
        )

    def _tabs(self, rounds: int) -> list[Tab]:
        views = [("items", f"Các mục ({self.item_count})")]
        if self.adjusted:
            views.append(("issued", "Bản ban hành"))
            views.append(("changes", f"Điều chỉnh ({self.adjusted})"))
        if self.plan.is_issued:
            views.append(("rounds", f"Cuộc kiểm tra ({rounds})"))
        path = self._request.path
        tabs = [Tab(label, f"{path}?view={view}", view == self.view) for view, label in views]
        if self.plan.is_issued and self.item_count:
            progress = self._on("plan_progress", "Tiến độ (Biểu 07)")
            tabs.append(Tab(progress.label, progress.url, here=False))
        if self.item_count:
            tabs.append(Tab("Kiểm tra chồng chéo", check_url(self.plan), here=False))
        return tabs

    def context(self) -> dict[str, Any]:
        """For the page's template."""
        plan, user = self.plan, self._user
        counts = {
            row["status"]: row["number"]
            for row in self.rounds.order_by().values("status").annotate(number=Count("pk"))
        }
        return {
            "plan": plan,
            "listing": self.listing,
            "title": str(plan),
            "facts": facts_of_plan(plan, user),
            "view": self.view,
            "tabs": self._tabs(sum(counts.values())),
            "is_whole": self.is_whole,
            "statuses": [(e.value, e.label, counts.get(e.value, 0)) for e in RoundStatus],
            "changes": self._changes(),
            "open_adjustment": self._open_adjustment,
            "stale": self._stale(),
            "sent_back": self._sent_back(),
            "starts": self._starts(),
            "documents": plan.documents.visible_to(user).select_related("issuer"),
            "editable": self.editable,
            "record": plan,
            "events": Event.objects.of(plan) if self.editable else None,
            "actions": self._actions(),
        }

    def _to(self, name: str, label: str, why_not: str = "", *, danger: bool = False) -> Action:
        url = reverse(f"inspections:{name}", args=[self.plan.pk])
        return Action(label, url, why_not, danger=danger)

    def _on(self, name: str, label: str) -> Action:
        """To a page about the plan that stands further right."""
        return Action(label, reverse(f"reports:{name}", args=[self.plan.pk]))

    def _sent_back(self) -> Event | None:
        """Who gave the draft back, and why: until it is submitted again."""
        if not (self.editable and self.plan.is_draft):
            return None
        steps = Event.objects.of(self.plan).filter(deed__in=tuple(Plan.STEPS))
        last = steps.select_related("by").last()
        return last if last is not None and last.deed == "returned" else None

    def _stale(self) -> list[PlanItem]:
        """Items on units that have ended since: an adjustment has to follow them to their heirs."""
        if not self.editable or self.view != "items" or self.plan.status == PlanStatus.CLOSED:
            return []
        return self.plan.stale_items

    def _changes(self) -> list[AdjustmentStory]:
        """What each adjustment changed; for whoever reads the whole plan."""
        if self.view != "changes" or not self.is_whole:
            return []
        return stories_of(list(self.plan.adjustments.select_related("paper")))

    @property
    def _open_adjustment(self) -> str:
        """The address of the adjustment being prepared; empty when there is none."""
        pk = self.plan.bonds.open_adjustment if self.is_whole else None
        return reverse("inspections:adjustment_detail", args=[pk]) if pk else ""

    def _starts(self) -> list[Action]:
        """The ways to fill a draft."""
        if not (self.editable and self.plan.is_draft):
            return []
        return [
            self._to("item_create", "Thêm mục"),
            self._to("plan_copy", "Chép từ kế hoạch khác"),
            Action("Nhập từ bảng tính", reverse("exchange:plan_items_import", args=[self.plan.pk])),
            self._on("plan_proposal", "Đề xuất, bốc thăm đơn vị"),
        ]

    @property
    def _reads_proposal(self) -> bool:
        return self.is_whole and self._user.may("proposals.view")

    def _actions(self) -> list[Action]:
        plan = self.plan
        actions = []
        if plan.is_issued and self._user.may("rounds.change"):
            create = f"{reverse('inspections:round_create')}?plan={plan.pk}"
            actions.append(Action("Tạo cuộc theo kế hoạch này", create))
        proposal = self._on("plan_proposal", "Xem đề xuất, bốc thăm")
        if not self.editable:
            return [*actions, proposal] if self._reads_proposal else actions
        attach = self._to("plan_attach", "Gắn văn bản")
        edit = self._to("plan_edit", "Sửa kế hoạch")
        delete = self._to("plan_delete", "Xóa kế hoạch", plan.why_not_removed(), danger=True)
        match plan.status:
            case PlanStatus.DRAFT:
                submit = self._to("plan_submit", "Trình kế hoạch", plan.why_not("submitted"))
                return [submit, *self._starts(), edit, attach, delete]
            case PlanStatus.SUBMITTED:
                issue = self._to("plan_issue", "Ban hành kế hoạch", plan.why_not("issued"))
                return [
                    issue,
                    self._to("plan_send_back", "Trả lại dự thảo"),
                    proposal,
                    attach,
                    delete,
                ]
            case PlanStatus.ISSUED:
                adjust = self._to("plan_adjust", "Điều chỉnh kế hoạch")
                if self._open_adjustment:
                    adjust = Action("Tiếp tục điều chỉnh", self._open_adjustment)
                close = self._to("plan_close", "Kết thúc kế hoạch", plan.why_not("closed"))
                withdraw = self._to(
                    "plan_withdraw", "Thu hồi về dự thảo", plan.why_not("withdrawn"), danger=True
                )
                return [adjust, *actions, edit, attach, proposal, close, withdraw, delete]
            case _:
                return [self._to("plan_reopen", "Mở lại kế hoạch"), edit, attach, proposal]


@dataclass(frozen=True)
class Change:
    """What one adjustment does to one item."""

    word: str
    tone: str
    item: PlanItem
    before: PlanItem | None
    reason: str

    @property
    def moved(self) -> list[tuple[str, str, str]]:
        """What is otherwise than before: label, old, new."""
        if self.before is None:
            return []
        old, new = self.before, self.item
        pairs = [
            ("Thời gian", old.when_text, new.when_text),
            ("Đơn vị", old.unit_name, new.unit_name),
            ("Cơ quan kiểm tra", old.body_name, new.body_name),
            ("Đoàn", str(old.team or "chưa có"), str(new.team or "chưa có")),
            ("Hình thức", old.get_form_display(), new.get_form_display()),
            ("Báo trước", _yes(old.announced), _yes(new.announced)),
            ("Nội dung", _labels(old.contents), _labels(new.contents)),
            ("Chương trình", _labels(old.programmes), _labels(new.programmes)),
            ("Ghi chú", old.note or "không", new.note or "không"),
        ]
        return [pair for pair in pairs if pair[1] != pair[2]]


def _yes(value: bool) -> str:
    return "có" if value else "không"


def _labels(records: Any) -> str:
    return "; ".join(sorted(str(each) for each in records.all())) or "không ghi"


@dataclass(frozen=True)
class AdjustmentStory:
    """An adjustment and all that it changes, in the order of the plan's lines."""

    adjustment: Adjustment
    changes: list[Change]

    @property
    def alone(self) -> list[AdjustmentStory]:
        """This one, as the template of changes takes them."""
        return [self]


def stories_of(adjustments: list[Adjustment]) -> list[AdjustmentStory]:
    """What each adjustment added, moved and dropped; a fixed number of queries."""
    ids = [each.pk for each in adjustments]
    found = PlanItem.objects.filter(Q(added_in__in=ids) | Q(dropped_in__in=ids))
    found = found.select_related("unit", "body", "team", "replaced_by")
    items = list(found.prefetch_related("programmes", "contents"))
    units = [unit for item in items for unit in (item.unit, item.body)]
    prefetch_related_objects(units, "former_names")
    added = [item for item in items if item.added_in_id in ids]
    dropped = [item for item in items if item.dropped_in_id in ids]
    old = {item.pk: item for item in dropped}
    stories = []
    for adjustment in adjustments:
        changes = [_change(item, old) for item in added if item.added_in_id == adjustment.pk]
        changes += [
            Change("Bỏ", "danger", item, None, item.drop_reason)
            for item in dropped
            if item.dropped_in_id == adjustment.pk and not hasattr(item, "replaced_by")
        ]
        stories.append(AdjustmentStory(adjustment, sorted(changes, key=lambda c: c.item.line)))
    return stories


def _change(item: PlanItem, old: dict[int, PlanItem]) -> Change:
    before = old.get(item.replaces_id) if item.replaces_id else None
    if before is None:
        return Change("Thêm", "success", item, None, item.reason)
    return Change("Dời, sửa", "info", item, before, item.reason)
