"""Which facts have to be looked at together, so that nothing follows from the figures that is not seen here.

A block is a set of facts. Figures that tell of the same facts share one; where figures close a circle (one
fact by another, that by a third, and the third by the first) there is one for all of them. The blocks make
a tree in which whatever two of them share is shared by all between, so that persons who fit every block and
every tie between neighbours fit all figures at once (R. E. Tarjan and M. Yannakakis, SIAM J. Comput. 13
(1984) 566-579). In each block a fact is told apart only as far as it has to be: the further from the block
that knows most of it, the coarser.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from libs.suppression.figures import Codes, Made, Words, atoms

Facts = frozenset[str]
Mentioned = Mapping[Facts, Mapping[str, set[Codes]]]  # by the facts that a figure tells of: sets of codes


@dataclass(frozen=True)
class Block:
    """`atoms`: fact → groups of base codes that are told apart in it."""

    facts: Facts
    atoms: Mapping[str, tuple[Codes, ...]]


@dataclass(frozen=True)
class Tie:
    """Two blocks are told of the same persons: of these facts, with the codes told apart so far."""

    one: Facts
    other: Facts
    atoms: Mapping[str, tuple[Codes, ...]]


@dataclass(frozen=True)
class Blocks:
    blocks: Mapping[Facts, Block]
    ties: tuple[Tie, ...]


def blocks(told: Iterable[Made], words: Words) -> Blocks:
    """Of figures that add up these codes."""
    mentioned: dict[Facts, dict[str, set[Codes]]] = {frozenset(): {}}
    facts = {fact for made in told for fact in made}
    never = [made for made in words.never if made.keys() <= facts]
    for made in (*told, *never):
        for fact, codes in made.items():
            mentioned.setdefault(frozenset(made), {}).setdefault(fact, set()).add(codes)
    tree = _tree(mentioned)
    kept: dict[Facts, dict[str, set[Codes]]] = {node: {fact: set() for fact in node} for node in tree}
    for fact in sorted(facts):
        _spread(fact, tree, mentioned, kept)
    made_blocks = {
        node: Block(node, {f: atoms(words.all_codes[f], _sorted(sets)) for f, sets in kept[node].items()})
        for node in tree
    }
    # In an order that hangs on nothing but names: the solver goes other ways where rows stand otherwise.
    pairs = ((one, other) for one in tree for other in sorted(tree[one], key=sorted) if _order(one, other))
    ties = tuple(_tie(one, other, kept, words) for one, other in pairs)
    return Blocks(made_blocks, ties)


def _order(one: Facts, other: Facts) -> bool:
    return sorted(one) < sorted(other)


def _sorted(sets: Iterable[Codes]) -> list[Codes]:
    return sorted(sets, key=sorted)


def _tie(one: Facts, other: Facts, kept: Mapping[Facts, Mapping[str, set[Codes]]], words: Words) -> Tie:
    both = {fact: _sorted(kept[one][fact] & kept[other][fact]) for fact in sorted(one & other)}
    return Tie(one, other, {fact: atoms(words.all_codes[fact], sets) for fact, sets in both.items()})


def _spread(
    fact: str,
    tree: Mapping[Facts, set[Facts]],
    mentioned: Mapping[Facts, Mapping[str, set[Codes]]],
    kept: Mapping[Facts, dict[str, set[Codes]]],
) -> None:
    """Every set of codes is told apart from where it is mentioned to the block that mentions most of the
    fact: so of two neighbours one always knows all of it that the other does."""
    number = {node: len(mentioned.get(node, {}).get(fact, ())) for node in tree if fact in node}
    home = min(number, key=lambda node: (-number[node], len(node), sorted(node)))
    towards = {home: home}
    queue = [home]
    for node in queue:
        for other in tree[node]:
            if fact in other and other not in towards:
                towards[other] = node
                queue.append(other)
    for node in number:
        for codes in mentioned.get(node, {}).get(fact, ()):
            at = node
            while codes not in kept[at][fact]:
                kept[at][fact].add(codes)
                at = towards[at]


def _tree(mentioned: Mentioned) -> dict[Facts, set[Facts]]:
    """Neighbours of each block: the circles, what two of them share, and every set of facts that figures
    tell of. Each hangs where most of what it tells apart is told apart too."""
    circles = _circles(mentioned)
    tree: dict[Facts, set[Facts]] = {one: set() for one in circles}
    group = {one: one for one in circles}
    pairs = combinations(circles, 2)
    for one, other in sorted(pairs, key=lambda pair: (-len(pair[0] & pair[1]), *map(sorted, pair))):
        if group[one] == group[other]:
            continue
        shared = one & other
        ends = [
            _nearest(shared, [c for c in circles if group[c] == group[end]], mentioned)
            for end in (one, other)
        ]
        if shared in circles or not shared:
            _join(tree, *ends)
        else:
            tree.setdefault(shared, set())
            for end in ends:
                if not _connected(tree, end, shared):
                    _join(tree, end, shared)
        group = {node: group[one] if of == group[other] else of for node, of in group.items()}
    for facts in sorted(mentioned.keys() - tree.keys(), key=lambda one: (-len(one), sorted(one))):
        above = _nearest(facts, list(tree), mentioned)
        tree[facts] = set()
        _join(tree, facts, above)
    return tree


def _nearest(facts: Facts, nodes: Iterable[Facts], mentioned: Mentioned) -> Facts:
    """Of the blocks that have these facts, one in which as much of them is told apart as can be."""

    def place(node: Facts) -> tuple[int, int, list[str]]:
        below = [told for of, told in mentioned.items() if of <= node and not of <= facts]
        known = {(fact, codes) for told in below for fact in facts for codes in told.get(fact, ())}
        own = {
            (fact, codes)
            for of, told in mentioned.items()
            if of <= facts
            for fact in of
            for codes in told[fact]
        }
        return -len(known & own), len(node), sorted(node)

    return min((node for node in nodes if facts <= node), key=place)


def _join(tree: dict[Facts, set[Facts]], one: Facts, other: Facts) -> None:
    tree[one].add(other)
    tree[other].add(one)


def _connected(tree: Mapping[Facts, set[Facts]], one: Facts, other: Facts) -> bool:
    seen, queue = {one}, [one]
    for node in queue:
        more = tree[node] - seen
        seen |= more
        queue += more
    return other in seen


def _circles(told: Iterable[Facts]) -> list[Facts]:
    """The largest sets of facts in which any two are told of together, after those ties are added without
    which a circle of four or more would have none across."""
    sets = list(told)
    near: dict[str, set[str]] = {fact: set() for facts in sets for fact in facts}
    for facts in sets:
        for fact in facts:
            near[fact] |= facts - {fact}
    found: list[Facts] = []
    while near:
        fact = min(near, key=lambda one: (_missing(near, one), len(near[one]), one))
        circle = frozenset(near[fact] | {fact})
        if not any(circle <= other for other in found):
            found.append(circle)
        for one in near[fact]:
            near[one] |= near[fact] - {one}
            near[one].discard(fact)
        del near[fact]
    return sorted(found, key=lambda one: (-len(one), sorted(one))) or [frozenset()]


def _missing(near: Mapping[str, set[str]], fact: str) -> int:
    return sum(other not in near[one] for one, other in combinations(sorted(near[fact]), 2))


def cells(block: Block, none: Sequence[Made]) -> Iterator[dict[str, Codes]]:
    """Every way to have one atom of each fact, but for those that are wholly in one that nobody is in."""
    facts = sorted(block.facts, key=lambda fact: (len(block.atoms[fact]), fact))
    of = [one for one in none if one.keys() <= block.facts]
    done = [
        [one for one in of if fact in one and one.keys() <= set(facts[: at + 1])]
        for at, fact in enumerate(facts)
    ]

    def further(at: int, chosen: dict[str, Codes]) -> Iterator[dict[str, Codes]]:
        if at == len(facts):
            yield chosen
            return
        for atom in block.atoms[facts[at]]:
            more = {**chosen, facts[at]: atom}
            if not any(all(more[fact] <= codes for fact, codes in one.items()) for one in done[at]):
                yield from further(at + 1, more)

    if not any(not one for one in none):
        yield from further(0, {})
