"""Runs the commands as a person would, and compares what they print with the naive reading."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings

from tests.oracle.naive import NotBorneError, World, summary
from tests.oracle.stored import empty
from tests.oracle.workbook import tables, write
from tests.oracle.worlds import Question, describe, minimise, random_question

# A fault as the import prints it (contract §1).
LINE = re.compile(r"(?P<sheet>[^!]+)!(?P<column>[A-Z]+)(?P<row>\d+): (?P<message>.+)")

# How many worlds each test tries: few in the suite, always the same; thousands by hand, always new.
EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "0"))


def oracle_settings(few: int) -> settings:
    """Settings of Hypothesis: a database test has no deadline, and runs its examples in one go."""
    return settings(
        max_examples=EXAMPLES or few,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],  # `minimise` shrinks
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and all that it printed."""

    code: int
    printed: str


def run(*arguments: str) -> Outcome:
    """Runs a command of manage.py; an error's message counts as printed."""
    out = io.StringIO()
    code = 0
    with redirect_stdout(out), redirect_stderr(out):
        try:
            call_command(*arguments, stdout=out, stderr=out)
        except CommandError as error:
            print(error, file=out)
            code = error.returncode
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else int(error.code is not None)
    return Outcome(code, out.getvalue())


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens inside is rolled back."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def ask(question: Question) -> Outcome:
    """Runs `summary --format json`."""
    options = ["--unit", question.code, "--from", question.first.isoformat()]
    options += ["--to", question.last.isoformat(), "--format", "json"]
    if question.as_of:
        options += ["--as-of", question.as_of.isoformat()]
    if question.boundaries_on:
        options += ["--boundaries-on", question.boundaries_on.isoformat()]
    return run("summary", *options)


def difference(world: World, question: Question) -> str:
    """What the command answers otherwise than the naive reading; nothing if they agree."""
    outcome = ask(question)
    try:
        expected = summary(
            world,
            question.code,
            question.first,
            question.last,
            as_of=question.as_of,
            boundaries_on=question.boundaries_on,
        )
    except NotBorneError as error:
        # Rule 9: exit 1, and the periods in which the code was borne are named.
        days = [f"{day:%d/%m/%Y}" for period in error.periods for day in period if day]
        missing = [day for day in days if day not in outcome.printed]
        if outcome.code == 1 and not missing:
            return ""
        return f"expected exit 1 naming {days}, got exit {outcome.code}: {outcome.printed}"
    if outcome.code != 0:
        return f"expected figures, got exit {outcome.code}: {outcome.printed}"
    return "\n".join(_differences("", expected, json.loads(outcome.printed)))


def _differences(path: str, expected: Any, actual: Any) -> Iterator[str]:
    """The figures that differ, by their keys."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        if list(expected) != list(actual):
            yield f"{path}: keys {list(expected)}, got {list(actual)}"
        for key in expected:
            if key in actual:
                yield from _differences(f"{path}/{key}", expected[key], actual[key])
    elif type(expected) is not type(actual) or expected != actual:
        yield f"{path}: naive reading {expected!r}, command {actual!r}"


def check_questions(world: World, rng: Random, count: int, put: Callable[[World], object]) -> None:
    """Asks questions; a disagreement is told with the smallest world that still shows it.

    `put` brings a world into the empty database, where `world` already is.
    """
    for _ in range(count):
        question = random_question(rng, world)
        found = difference(world, question)
        if found:
            empty()
            pytest.fail(f"{question}\n{found}\n{smallest(world, question, put)}")


def smallest(world: World, question: Question, put: Callable[[World], object]) -> str:
    """The smallest world on which the two readings still disagree, and in what."""

    def disagreement(candidate: World) -> str:
        if all(unit.code != question.code for unit in candidate.units):
            return ""
        with taken_back():
            put(candidate)
            return difference(candidate, question)

    small = minimise(world, lambda candidate: bool(disagreement(candidate)))
    return f"{disagreement(small)}\n{describe(small)}"


def save(world: World, path: Path, rng: Random) -> None:
    """Writes the world, dressed at random."""
    write(tables(world), path, rng)
