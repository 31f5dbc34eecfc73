"""Which facts have to be looked at together, so that nothing follows from the figures that is not seen here.

A block is a set of facts. Figures of the same facts share one; where figures close a circle (one fact by
another, that by a third, and the third by the first) there is one for all of them. The blocks make a tree in
which whatever two of them share is shared by all between, so that persons who fit every block and every tie
between neighbours fit all figures at once (R. E. Tarjan and M. Yannakakis, SIAM J. Comput. 13 (1984)
566-579). Each block distinguishes the codes of a fact only as far as it has to: the further from the block
that knows most of it, the coarser.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from libs.suppression.figures import Codes, Made, Words, atoms

Facts = frozenset[str]
Mentioned = Mapping[Facts, Mapping[str, set[Codes]]]  # by the facts that a figure tells of: sets of codes


@dataclass(frozen=True)
class Block:
    """`atoms`: fact → groups of base codes that it distinguishes."""

    facts: Facts
    atoms: Mapping[str, tuple[Codes, ...]]


@dataclass(frozen=True)
class Tie:
    """Two blocks count the same persons by these facts, as far as both distinguish their codes."""

    one: Facts
    other: Facts
    atoms: Mapping[str, tuple[Codes, ...]]


@dataclass(frozen=True)
class Blocks:
    blocks: Mapping[Facts, Block]
    ties: tuple[Tie, ...]


def blocks(made_of: Collection[Made], words: Words) -> Blocks:
    """Of figures that add up these codes."""
    facts = set[str]().union(*made_of)
    never = [made for made in words.never if made.keys() <= facts]
    mentioned = _mentioned([*made_of, *never])
    tree = _tree(mentioned)
    kept: dict[Facts, dict[str, set[Codes]]] = {node: {fact: set() for fact in node} for node in tree}
    for fact in sorted(facts):
        _spread(fact, tree, mentioned, kept)
    made_blocks = {node: Block(node, _distinguished(kept[node], words)) for node in tree}
    ties = tuple(_tie(one, other, kept, words) for one, other in _neighbours(tree))
    return Blocks(made_blocks, ties)


def _mentioned(made_of: Iterable[Made]) -> dict[Facts, dict[str, set[Codes]]]:
    mentioned: dict[Facts, dict[str, set[Codes]]] = {frozenset(): {}}
    for made in made_of:
        sets = mentioned.setdefault(frozenset(made), {})
        for fact, codes in made.items():
            sets.setdefault(fact, set()).add(codes)
    return mentioned


def _distinguished(sets: Mapping[str, set[Codes]], words: Words) -> dict[str, tuple[Codes, ...]]:
    """Return the groups of base codes that these sets of codes distinguish, by their fact."""
    return {fact: atoms(words.all_codes[fact], sorted(made_of, key=sorted)) for fact, made_of in sets.items()}


def _neighbours(tree: Mapping[Facts, set[Facts]]) -> Iterator[tuple[Facts, Facts]]:
    """Yield each pair once, in the order of their names: the solver's way depends on the order."""
    for one in tree:
        for other in sorted(tree[one], key=sorted):
            if sorted(one) < sorted(other):
                yield one, other


def _tie(one: Facts, other: Facts, kept: Mapping[Facts, Mapping[str, set[Codes]]], words: Words) -> Tie:
    both = {fact: kept[one][fact] & kept[other][fact] for fact in sorted(one & other)}
    return Tie(one, other, _distinguished(both, words))


def _spread(
    fact: str,
    tree: Mapping[Facts, set[Facts]],
    mentioned: Mapping[Facts, Mapping[str, set[Codes]]],
    kept: Mapping[Facts, dict[str, set[Codes]]],
) -> None:
    """Keep every set of codes from where it is mentioned to the block that mentions most of the fact: so of
    two neighbours one always knows all of it that the other does."""
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
    """Return the neighbours of each block: the circles, what two of them share, and the facts of each figure.
    Each hangs where most of what it distinguishes is distinguished too."""
    circles = _circles(mentioned)
    tree: dict[Facts, set[Facts]] = {circle: set() for circle in circles}
    connected = {circle: [circle] for circle in circles}
    pairs = combinations(circles, 2)
    for one, other in sorted(
        pairs, key=lambda pair: (-len(pair[0] & pair[1]), *(sorted(one) for one in pair))
    ):
        if other in connected[one]:
            continue
        shared = one & other
        _connect(tree, shared, [_nearest(shared, connected[end], mentioned) for end in (one, other)])
        both = connected[one] + connected[other]
        connected |= dict.fromkeys(both, both)
    for facts in sorted(mentioned.keys() - tree.keys(), key=lambda one: (-len(one), sorted(one))):
        above = _nearest(facts, list(tree), mentioned)
        tree[facts] = set()
        _join(tree, facts, above)
    return tree


def _connect(tree: dict[Facts, set[Facts]], shared: Facts, ends: Sequence[Facts]) -> None:
    """Join two circles, through a block of what they share."""
    if not shared:
        _join(tree, *ends)
        return
    tree.setdefault(shared, set())
    for end in ends:
        if not _connected(tree, end, shared):
            _join(tree, end, shared)


def _nearest(facts: Facts, nodes: Iterable[Facts], mentioned: Mentioned) -> Facts:
    """Of the blocks that have these facts, return one that distinguishes as much of them as any."""
    own = _pairs(made_of for of, made_of in mentioned.items() if of <= facts)
    others = {of: made_of for of, made_of in mentioned.items() if not of <= facts}

    def place(node: Facts) -> tuple[int, int, list[str]]:
        below = _pairs(others[other] for other in others if node.issuperset(other))
        return -len(below & own), len(node), sorted(node)

    return min((node for node in nodes if facts.issubset(node)), key=place)


def _pairs(mentioned: Iterable[Mapping[str, set[Codes]]]) -> set[tuple[str, Codes]]:
    return {(fact, codes) for made_of in mentioned for fact, sets in made_of.items() for codes in sets}


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


def _circles(made_of: Iterable[Facts]) -> list[Facts]:
    """Return the largest sets of facts of which any two have a figure together, after those ties are added
    without which a circle of four or more would have none across."""
    sets = list(made_of)
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
    if not all(none):
        return iter(())
    facts = sorted(block.facts, key=lambda fact: (len(block.atoms[fact]), fact))
    found: Iterator[dict[str, Codes]] = iter([{}])
    for at, fact in enumerate(facts):
        chosen = set(facts[: at + 1])
        settled = [made for made in none if fact in made and made.keys() <= chosen]
        found = _further(found, fact, block.atoms[fact], settled)
    return found


def _further(
    found: Iterable[dict[str, Codes]], fact: str, groups: Iterable[Codes], none: Sequence[Made]
) -> Iterator[dict[str, Codes]]:
    for chosen in found:
        for atom in groups:
            more = {**chosen, fact: atom}
            if not any(all(more[fact] <= codes for fact, codes in made.items()) for made in none):
                yield more
