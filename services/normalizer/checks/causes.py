"""Which published figure is wrong: the failed equalities of all rules explained together, by the fewest cells.

One wrong cell breaks every equality it takes part in. The cell whose change satisfies all the failed ones, and
breaks none that holds, is the cause; where no single cell explains them, the smallest set of cells. Where several
cells would do alike, the one is wrong whose right amount another table prints for the same account.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final

from services.normalizer.checks.equations import CellKey, Equation, Figure
from services.normalizer.checks.prints import Prints
from shared.schemas.records import Fact

_DEEPEST: Final = 3
"""The largest set of cells that is looked for; beyond it each failed equality speaks for itself."""
_STEPS: Final = 2_000
"""How many changes are tried for one group of failed equalities."""
_MOST: Final = 60
"""From how many failed equalities on a group is no slip, and not searched; nor are as many causes compared."""

_NONE: Final = Decimal(0)

Changes = Mapping[CellKey, Decimal]


@dataclass(frozen=True)
class Cause:
    """Failed equalities (by their place in the sequence) that one thing explains.

    `cell` is the figure that is wrong and `amount` what it should be, where the equalities leave no other choice.
    `among_parts`: no cell is named, but the total of the one equality is right, for another that holds needs it.
    """

    equations: tuple[int, ...]
    cell: Figure | None = None
    amount: Decimal | None = None
    among_parts: bool = False


def causes(equations: Sequence[Equation], prints: Prints) -> list[Cause]:
    """Explain those of `equations` that fail by the others; every failed one belongs to exactly one cause."""
    system = _System(equations, prints)
    found: list[Cause] = []
    for group in system.groups():
        found += _explain(system, group)
    return sorted(_joined(found, equations), key=lambda cause: cause.equations)


def mends(cause: Cause, equations: Sequence[Equation]) -> list[Changes]:
    """The changes of one figure that would mend `cause`: of the wrong cell, or of any where one equality fails."""
    if cause.cell is not None and cause.cell.key is not None and cause.amount is not None:
        return [{cause.cell.key: cause.amount}]
    if len(cause.equations) > 1:
        return []
    failed = equations[cause.equations[0]]
    printed = {figure.key: figure.amount for figure in failed.figures}
    return [{key: printed[key] - failed.residual / weight} for key, weight in failed.weights.items() if weight]


def _joined(found: Iterable[Cause], equations: Sequence[Equation]) -> list[Cause]:
    """The causes, those that are one made one: the same slip, or what another's cell mends, read another way."""
    joined = list(found)
    for cause in tuple(joined) if len(joined) <= _MOST else ():
        host = next(
            (
                each
                for each in joined
                if each is not cause
                and ((each.cell and _mended(cause, each, equations)) or _is_same_slip(cause, each, equations))
            ),
            None,
        )
        if host is not None and cause in joined:
            joined.remove(cause)
            whole = tuple(sorted((*host.equations, *cause.equations)))
            joined[joined.index(host)] = replace(host, equations=whole)
    return joined


def _is_same_slip(one: Cause, other: Cause, equations: Sequence[Equation]) -> bool:
    """Whether two causes are one: the same wrong number stated again, or the same amount too much in one table."""
    if one.cell and other.cell:
        stated = isinstance(one.cell.record, Fact) and isinstance(other.cell.record, Fact)
        return stated and (one.cell.amount, one.amount) == (other.cell.amount, other.amount)
    if one.cell or other.cell:
        return False
    first, second = equations[one.equations[0]], equations[other.equations[0]]
    if first.rate or second.rate:
        return False
    apart = abs(abs(first.residual) - abs(second.residual))
    return apart <= max(first.allowed, second.allowed) and bool(_tables(first) & _tables(second))


def _tables(equation: Equation) -> set[tuple[str, int | None]]:
    places = [figure.record.provenance for figure in equation.figures]
    return {(place.document, place.table) for place in places if place.table is not None}


def _mended(cause: Cause, by: Cause, equations: Sequence[Equation]) -> bool:
    """Whether every equality of `cause` holds once the cell of `by` is right."""
    return any(
        all(equations[number].holds_with(changes) for number in cause.equations)
        for changes in mends(by, equations)
    )


def _explain(system: "_System", group: Sequence[int]) -> Iterator[Cause]:
    failing = dict.fromkeys(group)
    if len(group) > _MOST:
        yield from _alike(system, group)
        return
    while (peeled := _clearest(system, failing)) is not None:
        yield peeled
        for number in peeled.equations:
            del failing[number]
    for rest in system.connected(failing):
        yield from _fewest(system, rest)


def _clearest(system: "_System", failing: Mapping[int, None]) -> Cause | None:
    """The cell that explains at least two failed equalities, all that it takes part in, alone in doing so."""
    best: dict[tuple[int, ...], list[tuple[CellKey, Decimal]]] = defaultdict(list)
    for cell in system.cells_of(failing):
        broken = tuple(number for number, _ in system.uses[cell] if number in failing)
        if len(broken) < 2:
            continue
        changes = system.changes(cell, broken)
        if (change := next((each for each in changes if system.settles(cell, each)), None)) is not None:
            best[broken].append((cell, change))
    if not best:
        return None
    broken = max(best, key=lambda numbers: (len(numbers), [-number for number in numbers]))
    choices = best[broken]
    if len(choices) > 1:
        choices = [
            (cell, printed)
            for cell, change in choices
            if (printed := system.printed_elsewhere(cell, change)) is not None
        ]
    return system.named(broken, *choices[0]) if len(choices) == 1 else Cause(broken)


def _fewest(system: "_System", failing: Sequence[int]) -> Iterator[Cause]:
    """The smallest set of cells that explains `failing`; cells are named where every such set holds them."""
    solutions: list[Changes] = []
    for size in range(1, _DEEPEST + 1):
        solutions = _Search(system).run({number: system.residuals[number] for number in failing}, size)
        if solutions:
            break
    if not solutions:
        yield from _alike(system, failing)
        return
    if len(printed := list(_printed(system, solutions))) == 1:
        solutions = printed
    left = dict.fromkeys(failing)
    uses = {cell: [number for number, _ in system.uses[cell] if number in left] for cell in solutions[0]}
    for cell in sorted(uses, key=lambda each: len(uses[each])):
        broken = tuple(number for number in uses[cell] if number in left)
        for number in broken:
            del left[number]
        change = solutions[0][cell]
        sure = all(solution.get(cell) == change for solution in solutions) and system.is_closed(broken)
        sure = sure and not system.is_borne_out(cell, change)
        if broken:
            yield system.named(broken, cell, change) if sure else _unnamed(system, broken, solutions)
    yield from _alike(system, left)


def _printed(system: "_System", solutions: Iterable[Changes]) -> Iterator[Changes]:
    """Those of one cell that another table bears out, as it prints them."""
    for cell, change in (item for each in solutions if len(each) == 1 for item in each.items()):
        if (printed := system.printed_elsewhere(cell, change)) is not None:
            yield {cell: printed}


def _unnamed(system: "_System", broken: tuple[int, ...], solutions: Sequence[Changes]) -> Cause:
    """The cause of failed equalities that each of `solutions` would mend."""
    failed = system.equations[broken[0]]
    single = len(broken) == 1 and len(failed.parts) > 1 and failed.closed
    other = single and all(len(each) == 1 and failed.total.key not in each for each in solutions)
    return Cause(broken, among_parts=other and system.is_right(failed.total, failed.residual))


def _alike(system: "_System", failing: Iterable[int]) -> Iterator[Cause]:
    """Of equalities that no few cells explain, those off by the same amount together: a slip carried on."""
    by_residual: defaultdict[Decimal, list[int]] = defaultdict(list)
    for number in failing:
        by_residual[abs(system.residuals[number])].append(number)
    return (Cause(tuple(numbers)) for numbers in by_residual.values())


class _System:
    """The equalities and the cells they share."""

    def __init__(self, equations: Sequence[Equation], prints: Prints) -> None:
        self.equations = equations
        self._prints = prints
        self.residuals = [equation.residual for equation in equations]

    @cached_property
    def uses(self) -> Mapping[CellKey, Sequence[tuple[int, Decimal]]]:
        """Every cell → the equalities that it takes part in, each with its weight there."""
        uses: defaultdict[CellKey, list[tuple[int, Decimal]]] = defaultdict(list)
        for number, equation in enumerate(self.equations):
            for cell, weight in equation.weights.items():
                if weight:
                    uses[cell].append((number, weight))
        return uses

    @cached_property
    def figures(self) -> dict[CellKey, Figure]:
        """Every figure by its place."""
        return {figure.key: figure for one in self.equations for figure in one.figures if figure.key}

    def holds(self, number: int, residual: Decimal) -> bool:
        """Whether the equality would hold with that residual."""
        return abs(residual) <= self.equations[number].allowed

    def groups(self) -> list[list[int]]:
        """The failed equalities, those that share a cell together."""
        return self.connected(
            dict.fromkeys(
                number for number, residual in enumerate(self.residuals) if not self.holds(number, residual)
            )
        )

    def connected(self, failing: Mapping[int, None]) -> list[list[int]]:
        """`failing` in groups that share no cell."""
        seen: set[int] = set()
        spread: set[CellKey] = set()
        groups = []
        for first in failing:
            if first in seen:
                continue
            seen.add(first)
            group = [first]
            for number in group:
                for cell in (each for each in self.equations[number].weights if each not in spread):
                    spread.add(cell)
                    near = [other for other, _ in self.uses[cell] if other in failing and other not in seen]
                    seen.update(near)
                    group += near
            groups.append(sorted(group))
        return groups

    def cells_of(self, failing: Iterable[int]) -> list[CellKey]:
        """The cells that failed equalities use."""
        return list(dict.fromkeys(cell for number in failing for cell in self.equations[number].weights))

    def changes(self, cell: CellKey, broken: Sequence[int]) -> Iterator[Decimal]:
        """By how much `cell` may have to change, as its failed equalities have it: sums and exact ones first."""
        if not self.is_closed(broken):
            return
        equations = [self.equations[number] for number in broken]
        for equation in sorted(equations, key=lambda each: (each.rate is not None, each.allowed)):
            for way in (equation, *equation.ways):
                if weight := way.weights.get(cell):
                    yield -way.residual / weight

    def settles(self, cell: CellKey, change: Decimal) -> bool:
        """Whether with `change` every equality of `cell` holds, read one way or another."""
        amount = self.figures[cell].amount + change
        return all(self.equations[number].holds_with({cell: amount}) for number, _ in self.uses[cell])

    def is_borne_out(self, cell: CellKey, change: Decimal) -> bool:
        """Whether an equality that holds would not, were `cell` alone to change: two prints agree on it."""
        return any(True for _ in self.needing(cell, change))

    def needing(self, cell: CellKey, change: Decimal) -> Iterator[int]:
        """The equalities that hold and would not, were `cell` alone to change."""
        amount = self.figures[cell].amount + change
        for number, _ in self.uses[cell]:
            equation = self.equations[number]
            if equation.holds and not equation.holds_with({cell: amount}):
                yield number

    def printed_elsewhere(self, cell: CellKey, change: Decimal) -> Decimal | None:
        """`change` as another table has it, which prints the right amount of its account and not the wrong one.

        None where no other table does.
        """
        figure = self.figures[cell]
        if self._prints.elsewhere(figure.record, figure.amount, _NONE) is not None:
            return None
        within = max(self.equations[number].allowed for number, _ in self.uses[cell])
        right = self._prints.elsewhere(figure.record, figure.amount + change, within)
        return None if right is None or not self.settles(cell, right - figure.amount) else right - figure.amount

    def is_right(self, total: Figure, residual: Decimal) -> bool:
        """Whether a sum that holds needs `total` as it is printed, too large by `residual` for its own parts.

        The sum may have it where it is printed again; that alone says nothing, for it was added up so.
        """
        prints = [total.key] if total.key else []
        for cell in prints:
            for number in self.needing(cell, -residual):
                if len(self.equations[number].parts) > 1:
                    return True
                prints += [other for other in self.equations[number].weights if other not in prints]
        return False

    def is_closed(self, numbers: Iterable[int]) -> bool:
        """Whether at least one of the equalities has no other terms than figures."""
        return any(self.equations[number].closed for number in numbers)

    def named(self, broken: tuple[int, ...], cell: CellKey, change: Decimal) -> Cause:
        """The cause that `cell` is."""
        figure = self.figures[cell]
        return Cause(broken, figure, figure.amount + change)


class _Search:
    """Looks for the sets of cells, of one size, whose change satisfies every equality."""

    def __init__(self, system: _System) -> None:
        self._system = system
        self._steps = 0
        self._found: dict[tuple[tuple[CellKey, Decimal], ...], Changes] = {}

    def run(self, failing: Mapping[int, Decimal], size: int) -> list[Changes]:
        """Every such set that is found within the steps allowed; none where they did not suffice."""
        self._go(dict(failing), {}, {}, size)
        return list(self._found.values()) if self._steps <= _STEPS else []

    def _go(
        self, failing: dict[int, Decimal], moved: dict[int, Decimal], changes: dict[CellKey, Decimal], left: int
    ) -> None:
        self._steps += 1
        if not failing:
            self._found[tuple(sorted(changes.items()))] = dict(changes)
        if not failing or not left or self._steps > _STEPS:
            return
        number = min(failing, key=lambda one: len(self._system.equations[one].parts))
        for cell in self._system.equations[number].weights:
            if cell in changes:
                continue
            uses = self._system.uses[cell]
            for change in dict.fromkeys(-failing[other] / weight for other, weight in uses if other in failing):
                now, shifted = dict(failing), dict(moved)
                for other, weight in uses:
                    residual = shifted.get(other, self._system.residuals[other]) + weight * change
                    shifted[other] = residual
                    if self._system.holds(other, residual):
                        now.pop(other, None)
                    else:
                        now[other] = residual
                self._go(now, shifted, {**changes, cell: change}, left - 1)
