"""Contract §4 rule 7: what returns add to what is logged.

`Returns` is arithmetic alone: it is handed each accepted return of the period with what it reports
beyond what is logged, and never asks the database. `reports.rollups.facts` makes that input.

A unit without a return passes on the sum of its children on the same window, so only units with
returns are looked at; the children of such a unit are the nearest units with returns under it.
A window only ever picks returns out, so it is represented by those that lie in it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from reports.models import FIGURES

# A number for each figure that returns add to, in the order of `FIGURES`.
Vector = tuple[int, ...]
ZERO: Vector = (0,) * len(FIGURES)


def plus(vectors: Iterable[Vector]) -> Vector:
    """The sum, figure by figure."""
    return tuple(map(sum, zip(ZERO, *vectors, strict=True)))


def _greatest(*vectors: Vector) -> Vector:
    """The greatest, for each figure by itself."""
    return tuple(map(max, zip(*vectors, strict=True)))


@dataclass(frozen=True)
class Reported:
    """An accepted return that lies wholly in the period."""

    pk: int
    unit_id: int
    path: str
    first: date
    last: date
    # reported − logged(U, r); below zero where more is logged than reported.
    beyond: Vector


# Places of returns in `Returns.all`, rising: the returns of some unit's subtree in some window.
Among = tuple[int, ...]


@dataclass(frozen=True)
class _Node:
    """A unit with returns: the places of its own, of its subtree's, and its children."""

    start: int
    own_stop: int
    stop: int
    children: tuple[_Node, ...]

    def part(self, among: Among) -> Among:
        """Those of `among` that stand in this unit's subtree."""
        return among[bisect_left(among, self.start) : bisect_left(among, self.stop)]


@dataclass(frozen=True)
class _Parts:
    """A window as a unit's own returns divide it among the returns under the unit."""

    own: Among
    # For each own return, the returns under the unit that lie wholly in it.
    inside: tuple[Among, ...]
    # "W without r₁…rₖ": the returns under the unit that share no day with any own one.
    rest: Among
    # All returns under the unit that lie in the window.
    below: Among


class Returns:
    """The accepted returns that lie in a period, and what they add to what is logged."""

    def __init__(self, returns: Iterable[Reported]) -> None:
        self.all = sorted(returns, key=lambda each: (each.path, each.first))
        self._paths = [each.path for each in self.all]
        self._roots = self._nodes(0, len(self.all))
        self._everything: Among = tuple(range(len(self.all)))
        self._values: dict[tuple[int, Among], Vector] = {}
        self._parted: dict[tuple[int, Among], _Parts] = {}

    def _nodes(self, start: int, stop: int) -> tuple[_Node, ...]:
        """The units with returns among these places that do not stand under another of them."""
        nodes = []
        while start < stop:
            path = self._paths[start]
            own_stop = bisect_right(self._paths, path, start, stop)
            # Paths end in "/", the character before "0": everything under `path` sorts below this.
            end = bisect_left(self._paths, f"{path[:-1]}0", own_stop, stop)
            nodes.append(_Node(start, own_stop, end, self._nodes(own_stop, end)))
            start = end
        return tuple(nodes)

    # --- the formula ---------------------------------------------------------------------------

    def total(self) -> Vector:
        """What the returns add to each figure."""
        return self._sum(self._roots, self._everything)

    def _sum(self, nodes: Sequence[_Node], among: Among) -> Vector:
        """Σc unlogged(c, W), for the returns of W."""
        parts = ((node, node.part(among)) for node in nodes)
        return plus(self._unlogged(node, part) for node, part in parts if part)

    def _unlogged(self, node: _Node, among: Among) -> Vector:
        """unlogged(U, W) = max(with, Σc unlogged(c, W))."""
        key = (node.start, among)
        if key not in self._values:
            parts = self._parts(node, among)
            plain = self._sum(node.children, parts.below)
            if parts.own:
                terms = [
                    _greatest(self._sum(node.children, inside), self.all[own].beyond, ZERO)
                    for own, inside in zip(parts.own, parts.inside, strict=True)
                ]
                with_own = plus([*terms, self._sum(node.children, parts.rest)])
                plain = _greatest(with_own, plain)
            self._values[key] = plain
        return self._values[key]

    def _parts(self, node: _Node, among: Among) -> _Parts:
        key = (node.start, among)
        if key not in self._parted:
            cut = bisect_left(among, node.own_stop)
            own, below = among[:cut], among[cut:]
            inside: list[list[int]] = [[] for _ in own]
            rest: list[int] = []
            # A unit's returns never share a day: they are ordered by their first and last days.
            firsts = [self.all[each].first for each in own]
            for place in below:
                each = self.all[place]
                # Only the last own return that begins by its last day can be the one around it,
                # and if that one shares no day with it, none does.
                near = bisect_right(firsts, each.last) - 1
                if near < 0 or self.all[own[near]].last < each.first:
                    rest.append(place)
                elif firsts[near] <= each.first and each.last <= self.all[own[near]].last:
                    inside[near].append(place)
            self._parted[key] = _Parts(own, tuple(map(tuple, inside)), tuple(rest), below)
        return self._parted[key]

    # --- where it comes from -------------------------------------------------------------------

    def contributions(self) -> dict[int, Vector]:
        """For each return that adds something, by its key: how much it adds to each figure.

        A superior's return adds what it reports beyond the returns of its subordinates that lie in
        it, or nothing where these report more. The sum over all returns is `total()`.
        """
        amounts: dict[int, list[int]] = {}
        for figure in range(len(FIGURES)):
            self._trace(self._roots, self._everything, figure, amounts)
        return {self.all[place].pk: tuple(vector) for place, vector in amounts.items()}

    def _trace(
        self, nodes: Sequence[_Node], among: Among, figure: int, amounts: dict[int, list[int]]
    ) -> None:
        """Follow the formula down the side that is the greater one, for one figure."""
        for node in nodes:
            part = node.part(among)
            if not part or not (value := self._unlogged(node, part)[figure]):
                continue
            parts = self._parts(node, part)
            if value == self._sum(node.children, parts.below)[figure]:
                self._trace(node.children, parts.below, figure, amounts)
                continue
            for own, inside in zip(parts.own, parts.inside, strict=True):
                self._trace(node.children, inside, figure, amounts)
                excess = self.all[own].beyond[figure] - self._sum(node.children, inside)[figure]
                if excess > 0:
                    amounts.setdefault(own, list(ZERO))[figure] += excess
            self._trace(node.children, parts.rest, figure, amounts)

    def shares(self) -> dict[int, Vector]:
        """By unit: unlogged(U, W) − Σc unlogged(c, W), what counts at the unit's own level."""
        return {
            self.all[node.start].unit_id: plus(self._share_by_return(node).values())
            for node in self._walk(self._roots)
        }

    def contributions_by_level(self) -> dict[int, Vector]:
        """By return: its part of its unit's share; `shares()` divided among the unit's returns.

        It differs from `contributions()` only where a subordinate's return shares a day with a
        superior's without lying in it: the total leaves it out, the division by level does not.
        """
        found: dict[int, Vector] = {}
        for node in self._walk(self._roots):
            found |= self._share_by_return(node)
        return {pk: vector for pk, vector in found.items() if any(vector)}

    def _walk(self, nodes: Sequence[_Node]) -> Iterable[_Node]:
        for node in nodes:
            yield node
            yield from self._walk(node.children)

    def _share_by_return(self, node: _Node) -> dict[int, Vector]:
        """The unit's share; each return takes up to what it reports beyond its subordinates.

        What is left over, which takes returns crossing each other on three levels, goes to the
        first.
        """
        among = node.part(self._everything)
        parts = self._parts(node, among)
        whole = self._unlogged(node, among)
        below = self._sum(node.children, parts.below)
        left = [mine - theirs for mine, theirs in zip(whole, below, strict=True)]
        amounts: dict[int, list[int]] = {}
        for own, inside in zip(parts.own, parts.inside, strict=True):
            under_it = self._sum(node.children, inside)
            excess = zip(self.all[own].beyond, under_it, left, strict=True)
            taken = [max(min(most - theirs, rest), 0) for most, theirs, rest in excess]
            left = [rest - amount for rest, amount in zip(left, taken, strict=True)]
            amounts[self.all[own].pk] = taken
        first = amounts[self.all[parts.own[0]].pk]
        amounts[self.all[parts.own[0]].pk] = [a + b for a, b in zip(first, left, strict=True)]
        return {pk: tuple(vector) for pk, vector in amounts.items()}

    def inside(self) -> dict[int, Vector]:
        """By return: Σc unlogged(c, r), what its subordinates report within its days."""
        found: dict[int, Vector] = {}
        for node in self._walk(self._roots):
            parts = self._parts(node, node.part(self._everything))
            for own, inside in zip(parts.own, parts.inside, strict=True):
                found[self.all[own].pk] = self._sum(node.children, inside)
        return found
