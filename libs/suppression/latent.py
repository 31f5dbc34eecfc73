"""Persons as an intruder may imagine them: so many in each cell of each block, which no table prints.

Every figure is a sum of them. What is certain beforehand is settled here, so that the programmes stay small:
cells under a figure that everybody knows to be 0 are none, cells that nothing tells apart are one, and a cell
that is a figure is that figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from libs.groups import by_key, grouped
from libs.suppression.blocks import Block, Blocks, Tie, blocks, cells
from libs.suppression.figures import Codes, Figure, Made, Words, name_of
from libs.suppression.tables import TableError, refuse_if

Terms = tuple[tuple["Figure | int", int], ...]  # (a figure, or the number of a cell) and its sign
Cell = tuple[tuple[str, Codes], ...]
Column = tuple[frozenset[str], Cell]
Term = tuple[Column, int]  # with its sign


@dataclass(frozen=True)
class Latent:
    """`values`: true numbers of the cells. `rows`: sums that are 0. `bounds`: at most so many in these."""

    values: tuple[int, ...]
    rows: tuple[Terms, ...]
    bounds: tuple[tuple[Terms, int], ...]


def latent(words: Words, figures: Mapping[Figure, int], zeros: Collection[Figure]) -> Latent:
    """What ties these figures of one publication together. `zeros`: of which everybody knows that they are 0.

    Raises TableError where a figure is not what its words add up to.
    """
    made_of = {figure: made for figure in figures if (made := words.of(figure)) is not None}
    none = [made_of[figure] for figure in zeros if figure in made_of]
    imagined = _Imagined(words, blocks(made_of.values(), words))
    imagined.imagine([*none, *words.never])
    for figure in sorted(made_of, key=sorted):
        imagined.add_up(figure, made_of[figure], figures[figure])
    imagined.agree()
    imagined.bound()
    reduced = imagined.reduced()
    return reduced if words.held is not None else _completed(reduced, figures)


@dataclass
class _Imagined:
    words: Words
    blocks: Blocks
    columns: dict[frozenset[str], dict[Cell, int]] = field(default_factory=dict)  # block → cell → persons
    sums: dict[Figure, tuple[Column, ...]] = field(default_factory=dict)
    ties: list[tuple[tuple[Column, int], ...]] = field(default_factory=list)
    most: list[tuple[tuple[Column, ...], int]] = field(default_factory=list)

    def imagine(self, none: list[Made]) -> None:
        for facts, block in self.blocks.blocks.items():
            found = {tuple(sorted(cell.items())): 0 for cell in cells(block, none)}
            for cell, n in _counted(block, self.words).items():
                refuse_if(cell not in found, "There is somebody where nobody can be.")
                found[cell] = n
            self.columns[facts] = found

    def add_up(self, figure: Figure, made: Made, value: int) -> None:
        facts = frozenset(made)
        inside = tuple(
            (facts, cell) for cell in self.columns[facts] if all(atom <= made[f] for f, atom in cell)
        )
        refuse_if(
            self.words.held is not None and sum(self.columns[facts][cell] for _f, cell in inside) != value,
            f"{name_of(figure)} is {value}, which is not the sum of what it is made of.",
        )
        self.sums[figure] = inside

    def agree(self) -> None:
        for tie in self.blocks.ties:
            found: dict[tuple[Codes, ...], list[tuple[Column, int]]] = {}
            for facts, sign in ((tie.one, 1), (tie.other, -1)):
                for cell in self.columns[facts]:
                    found.setdefault(_place(tie, cell), []).append(((facts, cell), sign))
            self.ties += (tuple(one) for one in found.values())

    def bound(self) -> None:
        for bound in self.words.bounds:
            home = self._home(bound.fact)
            bounded = frozenset().union(*bound.rows)
            for atom in (one for one in home.atoms.get(bound.fact, ()) if bounded.issuperset(one)):
                rows = sum(not row.isdisjoint(atom) for row in bound.rows)
                inside = (cell for cell in self.columns[home.facts] if (bound.fact, atom) in cell)
                self.most.append((tuple((home.facts, cell) for cell in inside), rows * bound.most))

    def _home(self, fact: str) -> Block:
        """Return the block that tells most codes of the fact apart, if one has the fact at all."""
        return max(
            self.blocks.blocks.values(),
            key=lambda block: (len(block.atoms.get(fact, ())), -len(block.facts), sorted(block.facts)),
        )

    def reduced(self) -> Latent:
        """Return the equations without cells that must be 0, and with indistinguishable cells merged.

        Neither changes how far a figure can move, and both keep the linear programmes small.
        """
        return self._without(_forced_to_zero(self.ties))._merged()

    def _without(self, zero: Collection[Column]) -> _Imagined:
        """Return the same equations without these columns."""
        ties = (tuple(term for term in tie if term[0] not in zero) for tie in self.ties)
        return replace(
            self,
            sums={figure: _left(zero, columns) for figure, columns in self.sums.items()},
            ties=[tie for tie in ties if tie],
            most=[(_left(zero, columns), limit) for columns, limit in self.most],
        )

    def _merged(self) -> Latent:
        groups = _indistinguishable(self._constraints())
        first = {column: group[0] for group in groups for column in group}
        return _numbered(
            {group[0]: sum(self.columns[facts][cell] for facts, cell in group) for group in groups},
            {figure: _firsts(first, columns) for figure, columns in self.sums.items()},
            [dict.fromkeys((first[column], sign) for column, sign in tie) for tie in self.ties],
            [(_firsts(first, columns), limit) for columns, limit in self.most],
        )

    def _constraints(self) -> Iterator[Sequence[Term]]:
        for columns in chain(self.sums.values(), (one[0] for one in self.most)):
            yield [(column, 1) for column in columns]
        yield from self.ties


def _forced_to_zero(ties: Iterable[Sequence[Term]]) -> set[Column]:
    """Return the columns that must be 0: all of a tie whose remaining terms have the same sign.

    A tie is a signed sum of counts that is 0. Removing columns may leave another tie with one sign only, so
    this repeats until nothing is found.
    """
    zero: set[Column] = set()
    while True:
        forced: set[Column] = set()
        for tie in ties:
            remaining = [(column, sign) for column, sign in tie if column not in zero]
            if len({one[1] for one in remaining}) == 1:
                forced.update(one[0] for one in remaining)
        if not forced:
            return zero
        zero |= forced


def _left(zero: Collection[Column], columns: Iterable[Column]) -> tuple[Column, ...]:
    return tuple(column for column in columns if column not in zero)


def _firsts(first: Mapping[Column, Column], columns: Iterable[Column]) -> dict[Column, None]:
    """Return the columns by which those of their groups are named, each once, in their order."""
    return dict.fromkeys(first[column] for column in columns)


def _indistinguishable(constraints: Iterable[Sequence[Term]]) -> list[list[Column]]:
    """Return groups of columns that stand in the same constraints with the same signs."""
    terms_of = by_key(
        (column, (number, sign))
        for number, constraint in enumerate(constraints)
        for column, sign in constraint
    )
    return list(grouped(terms_of, lambda column: tuple(terms_of[column])).values())


def _numbered(
    values: Mapping[Column, int],
    sums: Mapping[Figure, Collection[Column]],
    ties: Iterable[Collection[tuple[Column, int]]],
    most: Iterable[tuple[Collection[Column], int]],
) -> Latent:
    called = _names(values, sums)
    rows: list[Terms] = []
    for figure, inside in sums.items():
        parts = _terms(called, inside, -1)
        if parts != ((figure, -1),):
            rows.append(((figure, 1), *parts))
    rows += (tuple((called[column], sign) for column, sign in tie) for tie in ties)
    return Latent(
        tuple(value for column, value in values.items() if isinstance(called[column], int)),
        tuple(one for one in (_added(row) for row in rows) if one),
        tuple((_terms(called, inside, 1), limit) for inside, limit in most if inside),
    )


def _names(
    columns: Iterable[Column], sums: Mapping[Figure, Collection[Column]]
) -> dict[Column, Figure | int]:
    """Return the figure that each column is; all other columns have numbers."""
    called: dict[Column, Figure | int] = {}
    for figure, inside in sums.items():
        if len(inside) == 1:
            called.setdefault(next(iter(inside)), figure)
    free = (column for column in columns if column not in called)
    return called | {column: number for number, column in enumerate(free)}


def _terms(called: Mapping[Column, Figure | int], columns: Iterable[Column], sign: int) -> Terms:
    return tuple((called[column], sign) for column in columns)


def _added(terms: Terms) -> Terms:
    found: Counter[Figure | int] = Counter()
    for one, sign in terms:
        found[one] += sign
    return tuple((one, sign) for one, sign in found.items() if sign)


def _counted(block: Block, words: Words) -> Counter[Cell]:
    atom_of = {fact: {code: atom for atom in found for code in atom} for fact, found in block.atoms.items()}
    facts = sorted(block.facts)
    counts: Counter[Cell] = Counter()
    for codes, n in words.held or ():
        has = dict(codes)
        counts[tuple((fact, atom_of[fact][has[fact]]) for fact in facts)] += n
    return counts


def _completed(found: Latent, figures: Mapping[Figure, int]) -> Latent:
    """Return persons who fit all figures. How far a figure can move does not depend on which."""
    from libs.suppression.solvers import smallest

    if not found.values:
        return found
    asked = []
    for terms, most in [*((row, None) for row in found.rows), *found.bounds]:
        weights = {one: float(sign) for one, sign in terms if isinstance(one, int)}
        left = float(-sum(sign * figures[one] for one, sign in terms if not isinstance(one, int)))
        asked.append((weights, left, left) if most is None else (weights, 0.0, left + most))
    values = smallest(asked, len(found.values), 0, sum(figures.values()))
    if values is None:
        raise TableError("The figures contradict what their categories are made of.")
    return replace(found, values=tuple(values))


def _place(tie: Tie, cell: Cell) -> tuple[Codes, ...]:
    has = dict(cell)
    return tuple(
        next(group for group in groups if has[fact].issubset(group)) for fact, groups in tie.atoms.items()
    )
