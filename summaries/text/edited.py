"""An analyst's text from one version to the next, and the numbers in it that have to be asked about. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

WORDS: Final = {
    "sv": (
        "noll", "", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv",
        "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton", "tjugo",
    ),
    "en": (
        "zero", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
    ),
}  # fmt: skip
# One of something is an article too: only where it counts somebody.
ONE: Final = {
    "sv": r"\b(?:endast|bara|blott|enbart)\s+(?:en|ett)\b|\b(?:en|ett)\s+(?:enda|ensam|av\s+dem)\b|\bensam\b"
    r"|\b(?:en|ett)\s+(?:\w+\s+)?(?:person|kvinna|man|flicka|pojke|barn)\b",
    "en": r"\bonly\s+(?:one|a)\b|\ba\s+single\b|\bone\b",
}
NUMBER: Final = re.compile(r"\d{1,3}(?:[\s,]\d{3})+(?!\d)|\d+")  # thousands may be parted
SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Difference:
    """One paragraph, or several, of the generated text and of the edited one. Either may be empty."""

    generated: str
    edited: str


def numbers(text: str) -> list[str]:
    return [re.sub(r"[\s,]", "", number) for number in NUMBER.findall(text)]


def asked_about(edited: str, generated: str, shown: Collection[str], k: int, language: str) -> Iterator[str]:
    """Numbers of an edited text, as they stand in it, that may tell what is hidden.

    In sentences that were not generated: each below k, in figures or in words, wherever else it is shown,
    since it may be of something else here; and any other that no shown cell has and the generated text does
    not say.
    """
    written = {_plain(one) for one in SENTENCE.split(generated)}
    proved = {*numbers(generated), *shown}
    for sentence in SENTENCE.split(edited):
        if _plain(sentence) in written:
            continue
        yield from (number for number in numbers(sentence) if 1 <= int(number) < k or number not in proved)
        yield from (word for word, n in _in_words(sentence, language) if 1 <= n < k or str(n) not in proved)


def _in_words(sentence: str, language: str) -> Iterator[tuple[str, int]]:
    known = {word: n for n, word in enumerate(WORDS[language])}
    for word in re.findall(r"\w+", sentence):
        if word.lower() in known:
            yield word, known[word.lower()]
    yield from ((match.group(), 1) for match in re.finditer(ONE[language], sentence, re.IGNORECASE))


def _plain(sentence: str) -> str:
    return " ".join(sentence.split())


def paragraphs(text: str) -> list[str]:
    return [one for one in (one.strip() for one in re.split(r"\n\s*\n", text)) if one]


def differences(generated: str, edited: str) -> list[Difference]:
    """Where an edited text is another than the generated one, in its order."""
    before, after = paragraphs(generated), paragraphs(edited)
    return [
        Difference("\n\n".join(before[a:b]), "\n\n".join(after[c:d]))
        for a, b, c, d in _changes(before, after)
    ]


def edits(generated: str, edited: str) -> tuple[list[str], list[tuple[int, int, int]]]:
    """Return what can be compared of two languages: the numbers of a text, and which paragraphs were changed
    to how many. Nothing was changed where `edited` is empty."""
    text = edited or generated
    changes = _changes(paragraphs(generated), paragraphs(text))
    return sorted(numbers(text)), [(a, b, d - c) for a, b, c, d in changes]


def _changes(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int, int, int]]:
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(a, b, c, d) for kind, a, b, c, d in found if kind != "equal"]


def carried_over(former: str, edited: str, generated: str, fits: Callable[[str], bool]) -> tuple[str, str]:
    """A new text that begins with what was edited, and what of that it could not take over.

    `former` was generated when `edited` was written, `generated` is written now. Where a paragraph is written
    as before, its edited words stay. What was written of other figures is written anew. What somebody added
    stays where it `fits`: it tells nothing that may be hidden now.
    """
    then, new = paragraphs(former), paragraphs(generated)
    stands = _edits(then, paragraphs(edited))
    made, aside = _parted(stands.pop(-1, []), fits)
    for kind, a, b, c, d in SequenceMatcher(None, then, new, autojunk=False).get_opcodes():
        words = [each for one in range(a, b) for each in stands[one]]
        if kind == "equal":
            made += words
            continue
        own = [word for word in words if word not in then]
        fitting, others = _parted(own, lambda one: _added(one, then) and fits(one))
        made += [*new[c:d], *fitting]
        aside += others
    return "\n\n".join(made), "\n\n".join(aside)


def _parted(words: Iterable[str], fits: Callable[[str], bool]) -> tuple[list[str], list[str]]:
    """Return those that fit, and those that do not."""
    fitting: list[str] = []
    others: list[str] = []
    for word in words:
        (fitting if fits(word) else others).append(word)
    return fitting, others


def _edits(before: Sequence[str], after: Sequence[str]) -> dict[int, list[str]]:
    """Place of a generated paragraph → what stands for it. What was put in between stands after the one
    before it; at -1 before all."""
    found: dict[int, list[str]] = {}
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found |= {place: [after[c + place - a]] for place in range(a, b)}
        elif kind == "insert":
            found.setdefault(a - 1, []).extend(after[c:d])
        else:
            written = list(after[c:d])
            found |= {place: written[place - a : place - a + 1] for place in range(a, b)}
            found[b - 1] += written[b - a :]
    return found


def _added(words: str, former: Sequence[str]) -> bool:
    """Whether it is nothing like any paragraph that was generated."""
    like = (SequenceMatcher(None, words, one, autojunk=False).ratio() for one in former)
    return max(like, default=0.0) < 0.5
