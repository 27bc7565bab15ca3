"""Which checklists a visit began with, and what was answered to their questions.

For whoever writes answers, with a network or later:

    visit.begin(by)                         # takes the checklists in force, once
    for asked in questions_of(visit): …     # the questions, each with its answer or None
    answer(visit, question, by, reply="NO", note="3 người vắng")
    proposed_findings(visit)                # what the answers “no” suggest to write down
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from accounts.models import User
from congvu.fields import BlockField, LineField
from congvu.rules import ConflictError, Fault, Ruled, one_of
from congvu.trail import mark
from findings.models.checklists import Checklist, ChecklistStatus, Question, QuestionKind
from inspections.beginnings import when_begun
from inspections.models import Round, Visit
from units.models import Unit


class Reply(models.TextChoices):
    """Answers to a question of yes and no."""

    YES = "YES", "Có"
    NO = "NO", "Không"
    NOT_APPLICABLE = "NA", "Không áp dụng"


class VisitChecklist(models.Model):
    """The version of a checklist that a visit began with."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="checklists")
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="visits")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["visit", "checklist"], name="findings_visitchecklist_identity"
            ),
        )

    def __str__(self) -> str:
        return str(self.checklist)


class Answer(Ruled):
    """What was answered to one question in one visit; exactly one of the three is filled."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    reply = models.CharField("trả lời", max_length=3, choices=Reply.choices, blank=True, default="")
    number = models.DecimalField("số", max_digits=12, decimal_places=2, null=True, blank=True)
    text = BlockField("chữ", blank=True, default="")
    note = LineField("ghi chú", max_length=500, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "câu trả lời"
        verbose_name_plural = "câu trả lời"
        ordering = ("question__position", "pk")
        constraints = (
            models.UniqueConstraint(fields=["visit", "question"], name="findings_answer_identity"),
            one_of("reply", Reply, blank=True),
            models.CheckConstraint(
                condition=(~Q(reply="") & Q(number=None) & Q(text=""))
                | (Q(reply="") & Q(number__isnull=False) & Q(text=""))
                | (Q(reply="") & Q(number=None) & ~Q(text="")),
                name="findings_answer_one_of_three",
            ),
        )

    def __str__(self) -> str:
        return f"{self.question}: {self.told}"

    @property
    def told(self) -> str:
        """The answer in words."""
        if self.reply:
            return str(Reply(self.reply).label)
        if self.number is not None:
            return f"{self.number.normalize() if self.number else Decimal(0):f}".replace(".", ",")
        return self.text

    @property
    def told_whole(self) -> str:
        """The answer in words with its note, as the trail tells it."""
        return f"{self.told} ({self.note})" if self.note else self.told

    @property
    def is_empty(self) -> bool:
        """Whether nothing is answered."""
        return not self.reply and self.number is None and not self.text

    def faults(self) -> Iterator[Fault]:
        """The answer is of the question's kind."""
        wanted = {
            QuestionKind.YES_NO: bool(self.reply) and self.number is None and not self.text,
            QuestionKind.NUMBER: self.number is not None and not self.reply and not self.text,
            QuestionKind.TEXT: bool(self.text) and not self.reply and self.number is None,
        }
        if not wanted[QuestionKind(self.question.kind)]:
            yield Fault(
                "reply",
                f"“{self.question.text}” cần được trả lời bằng: "
                f"{self.question.get_kind_display()}.",
            )


# --- which questions ---------------------------------------------------------------------------


def checklists_for(visit: Visit) -> list[Checklist]:
    """What the visit takes if it begins now: one checklist in force for each of its contents.

    Of those that the inspecting body, or what it stands for by lineage, keeps, else those of the
    nearest unit above it. In the order of the catalogue.
    """
    body = visit.round.body
    known = Unit.objects.in_bulk(body.ancestor_ids)
    above = [known[pk] for pk in reversed(body.ancestor_ids)]
    nearness: dict[int, int] = {}
    for unit in (body, *above):
        for each in unit.lineage():
            nearness.setdefault(each.pk, len(nearness))
    found = Checklist.objects.filter(
        status=ChecklistStatus.IN_FORCE, owner__in=nearness, content__rounds=visit.round_id
    )
    nearest: dict[int, Checklist] = {}
    ordered = found.select_related("content", "owner").with_count()
    for checklist in ordered.order_by("content__position", "content"):
        other = nearest.get(checklist.content_id)
        if other is None or nearness[checklist.owner_id] < nearness[other.owner_id]:
            nearest[checklist.content_id] = checklist
    return list(nearest.values())


@when_begun
def take_checklists(visit: Visit, by: User) -> None:
    """A visit that begins takes the checklists as they stand, for good."""
    taken = checklists_for(visit)
    VisitChecklist.objects.bulk_create(
        VisitChecklist(visit=visit, checklist=each) for each in taken
    )


@dataclass(frozen=True)
class Asked:
    """A question put in a visit, and what was answered to it."""

    question: Question
    answer: Answer | None

    @property
    def is_no(self) -> bool:
        """Whether the answer says that it is not as it should be."""
        return self.answer is not None and self.answer.reply == Reply.NO


def questions_of(visit: Visit) -> list[Asked]:
    """The questions that the visit began with, by checklist and position. Two queries.

    Empty for a visit that has not begun. `question.checklist` is read with them.
    """
    questions = Question.objects.filter(checklist__visits__visit=visit).select_related("checklist")
    ordered = questions.order_by("checklist__visits__pk", "position", "pk")
    given = Answer.objects.filter(visit=visit).select_related("by")
    found = ordered.prefetch_related(Prefetch("answers", given, to_attr="given"))
    return [Asked(each, next(iter(vars(each)["given"]), None)) for each in found]


# --- answering ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """What somebody answers to a question; nothing filled takes the answer back.

    `expected`: the version of the answer that the person saw, 0 for none; None: whatever it is.
    """

    question: Question
    reply: str = ""
    number: Decimal | None = None
    text: str = ""
    note: str = ""
    expected: int | None = None


def answer(
    visit: Visit,
    question: Question,
    by: User,
    *,
    reply: str = "",
    number: Decimal | None = None,
    text: str = "",
    note: str = "",
    expected: int | None = None,
) -> Answer | None:
    """Answer one question of the visit, or answer it anew; with nothing filled take it back (None).

    Whether `by` may write to the visit is for the caller to ask (`visit.require_editable`). Raises
    what `answer_all` raises.
    """
    answers = answer_all(visit, by, [Given(question, reply, number, text, note, expected)])
    return answers[0]


def answer_all(visit: Visit, by: User, given: Iterable[Given]) -> list[Answer | None]:
    """Write several answers of a visit at once, all or none; one mark in the visit's trail.

    The same answer again changes nothing and leaves no mark, so a repeated send is harmless.
    Raises `ValidationError` for a visit that is locked or cancelled, for a question that is not of
    its checklists, and for an answer not of the question's kind (at the field of `Answer`);
    `ConflictError` when somebody else answered since (`expected`).
    """
    with transaction.atomic():
        # Whoever locks the visit holds its round too.
        visit.round = Round.objects.held(visit.round_id)
        held = visit.hold()
        held.round = visit.round
        if refusal := held.why_not_logged():
            raise ValidationError(refusal)
        there = {each.question.pk: each.answer for each in questions_of(visit)}
        changes: dict[str, tuple[str, str]] = {}
        done: list[Answer | None] = []
        for each in given:
            if each.question.pk not in there:
                raise ValidationError(
                    f"Câu hỏi “{each.question.text}” không thuộc bảng kiểm của lượt kiểm tra này; "
                    "hãy tải lại trang."
                )
            before = there[each.question.pk]
            told = before.told_whole if before is not None else ""
            now = _write(visit, by, each, before)
            done.append(now)
            if (now.told_whole if now is not None else "") != told:
                changes[each.question.text] = (told, now.told_whole if now is not None else "")
            there[each.question.pk] = now
        if changes:
            mark(by, visit, "changed", changes)
        return done


def _write(visit: Visit, by: User, given: Given, before: Answer | None) -> Answer | None:
    """Put one answer in the place of the one before it."""
    now = Answer(
        visit=visit,
        question=given.question,
        reply=given.reply,
        number=given.number,
        text=given.text,
        note=given.note,
        by=by,
    )
    # Also brings what was typed into the form in which it is stored.
    now.clean_fields(exclude=["visit", "question", "by"])
    if not now.is_empty:
        now.clean()
    elif now.note:
        raise ValidationError({"reply": "Hãy trả lời câu hỏi này, hoặc bỏ ghi chú."})
    if _same(now, before):
        return before
    seen = before.version if before is not None else 0
    if given.expected is not None and given.expected != seen:
        raise ConflictError(f"{given.question.text}: {before.told if before else ''}")
    if now.is_empty:
        assert before is not None  # noqa: S101  # else both were empty, and the same
        before.delete()
        return None
    if before is None:
        now.save()
        return now
    now.pk, now.version = before.pk, before.version
    now.write("reply", "number", "text", "note", "by", "at")
    return now


def _same(now: Answer, before: Answer | None) -> bool:
    if before is None:
        return now.is_empty
    parts = ("reply", "number", "text", "note")
    return all(getattr(now, name) == getattr(before, name) for name in parts)


# --- what follows from a “no” --------------------------------------------------------------------


@dataclass(frozen=True)
class Proposal:
    """A finding that a “no” suggests; somebody reads it and writes it down, or not."""

    question: Question
    category: str
    severity: str
    text: str


def proposed_findings(visit: Visit, asked: Iterable[Asked] | None = None) -> list[Proposal]:
    """For each “no” of a question with a category: the finding, unless one of it is written down.

    Whoever has read the visit's questions hands them in. Reads `visit.findings`.
    """
    written = {each.category for each in visit.findings.all()}
    return [
        Proposal(each.question, each.question.category, each.question.severity, _content(each))
        for each in (questions_of(visit) if asked is None else asked)
        if each.is_no and each.question.category and each.question.category not in written
    ]


def _content(asked: Asked) -> str:
    """The finding's text to begin with: what was asked, that it is not so, and what was noted."""
    note = asked.answer.note if asked.answer is not None else ""
    told = f"Kiểm tra “{asked.question.text}”: không."
    return f"{told} {note}" if note else told
