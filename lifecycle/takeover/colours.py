"""What the colours of a table say: by a legend beside it, or by an answer. Pure."""

from __future__ import annotations

import colorsys
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from lifecycle.takeover.finding import Row, Table
from lifecycle.takeover.mapping import Answers, Question
from lifecycle.takeover.values import SURE
from lifecycle.takeover.vocabulary import Vocabulary

ANSWERS: Final = (
    "nothing=",
    "child=yes",
    "status=not_victim",
    "dropped=twice",
    "status=identified",
    "status=declined",
)
_NAMES: Final = (
    *(
        ("röd", 0.0),
        ("orange", 0.085),
        ("gul", 0.15),
        ("grön", 0.27),
        ("grön", 0.4),
        ("turkos", 0.5),
        ("blå", 0.6),
    ),
    *(("lila", 0.77), ("rosa", 0.9), ("röd", 1.0)),
)
_LEGEND: Final = re.compile(
    r"(?:\s*(?:markering|färg|rad(?:er)?|markerad[et]?)?\s*)(?:=|:|–|-| betyder | är )\s*", re.IGNORECASE
)


def name_of(colour: str) -> str:
    """In Swedish, as people name it in a legend."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    if full < 0.15 or light < 0.08:
        return "grå" if light > 0.2 else "svart"
    return min(_NAMES, key=lambda one: abs(one[1] - hue))[0]


def used(table: Table) -> Counter[str]:
    """The colours that some of its rows have and others have not, with how many rows. What goes every other
    row, or down a whole column, is decoration."""
    rows = [row for row in table.rows if len(row.cells) > 1]
    of_rows = [of_row(row) for row in rows]
    counted = Counter(colour for colours in of_rows for colour in colours)
    found: Counter[str] = Counter()
    for colour, count in counted.items():
        mine = [place for place, colours in enumerate(of_rows) if colour in colours]
        every_other = sum(place % 2 == mine[0] % 2 for place in mine) >= 0.95 * len(mine)
        if count >= 0.95 * len(rows) or (every_other and count >= 0.4 * len(rows) and count > 2):
            continue
        found[colour] = count
    return found


def of_row(row: Row) -> frozenset[str]:
    return frozenset(row.fills.values())


def legends(rows: Sequence[Row], colours: Sequence[str]) -> dict[str, str]:
    """What a legend says of a colour: in a cell that has it, beside one that has it, or by its name."""
    found: dict[str, str] = {}
    for row in rows:
        for place, colour in row.fills.items():
            text = row.cells.get(place, "") or row.cells.get(place + 1, "")
            if colour in colours and text and len(text) < 80:
                found.setdefault(colour, _bare(text))
    for row in rows:
        for text in row.cells.values():
            for part in re.split(r"[,;\n]", text) if len(text) < 200 else ():
                head = _LEGEND.split(part.strip(), maxsplit=1)
                for colour in colours if len(head) == 2 else ():
                    if re.match(
                        rf"{name_of(colour)}(?:t|a|markerad\w*|markering)?\b", head[0].strip().casefold()
                    ):
                        found.setdefault(colour, head[1])
    return found


def _bare(text: str) -> str:
    parts = _LEGEND.split(text.strip(), maxsplit=1)
    return parts[1] if len(parts) == 2 and len(parts[0]) < 25 else text


def told(
    table: Table, beside: Sequence[Row], vocabulary: Vocabulary, answers: Answers
) -> tuple[dict[str, str], list[Question]]:
    """Colour → fact, and what is to be asked."""
    counted = used(table)
    said = legends(beside, list(counted))
    facts: dict[str, str] = {}
    questions = []
    for colour, count in counted.items():
        kept = answers.get("colour", colour)
        near = vocabulary.near("colour", said[colour]) if colour in said else []
        if kept is not None:
            facts[colour] = kept
        elif near and near[0][1] >= SURE:
            facts[colour] = near[0][0]
        else:
            proposals = tuple(dict.fromkeys([*(value for value, _sure in near), *ANSWERS]))
            lines = tuple((table.sheet, row.line) for row in table.rows if colour in of_row(row))[:10]
            questions.append(
                Question("colour", colour, "", proposals, near[0][1] if near else 0.3, count, lines)
            )
    return facts, questions
