"""A reader of the text of a year, in either language, who knows nothing of how it is made: sentences into
claims.

Both languages are read into the same claims, so that one proof serves for both, and the two can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

Claim = tuple[Any, ...]
Named = tuple[str, int | None]

PURPOSES: Final[Mapping[str, Mapping[str, str]]] = {
    "sv": {
        "sexuella ändamål": "sexual", "arbetskraftsexploatering": "labour", "tiggeri": "begging",
        "kriminella ändamål": "crime", "tvångsäktenskap": "marriage", "avlägsnande av organ": "organs",
        "krigstjänst": "military", "andra ändamål": "other",
    },
    "en": {
        "sexual purposes": "sexual", "labour": "labour", "begging": "begging", "criminal purposes": "crime",
        "forced marriage": "marriage", "the removal of organs": "organs", "military service": "military",
        "other purposes": "other",
    },
}  # fmt: skip
COUNTRIES: Final[Mapping[str, Mapping[str, str]]] = {
    "sv": {
        "RO": "Rumänien",
        "NG": "Nigeria",
        "BG": "Bulgarien",
        "SE": "Sverige",
        "TH": "Thailand",
        "UA": "Ukraina",
    },
    "en": {
        "RO": "Romania",
        "NG": "Nigeria",
        "BG": "Bulgaria",
        "SE": "Sweden",
        "TH": "Thailand",
        "UA": "Ukraine",
    },
}
WHO: Final[Mapping[str, Mapping[str, str]]] = {
    "sv": {
        "kvinnor": "women",
        "kvinnorna": "women",
        "en kvinna": "women",
        "män": "men",
        "männen": "men",
        "en man": "men",
        "flicka": "girls",
        "pojke": "boys",
        "flickor": "girls",
        "flickorna": "girls",
        "en flicka": "girls",
        "pojkar": "boys",
        "pojkarna": "boys",
        "en pojke": "boys",
        "personer": "persons",
        "personerna": "persons",
        "barn": "children",
        "barnen": "children",
        "vuxna": "adults",
        "de vuxna": "adults",
        "kvinnor och män": "adults",
        "kvinnorna och männen": "adults",
        "flickor och pojkar": "girls and boys",
        "flickorna och pojkarna": "girls and boys",
        "av annat kön": "other",
        "utan uppgift om kön eller ålder": "unknown",
    },
    "en": {
        "women": "women",
        "woman": "women",
        "a woman": "women",
        "men": "men",
        "man": "men",
        "a man": "men",
        "girls": "girls",
        "girl": "girls",
        "a girl": "girls",
        "boys": "boys",
        "boy": "boys",
        "a boy": "boys",
        "children": "children",
        "child": "children",
        "persons": "persons",
        "adults": "adults",
        "women and men": "adults",
        "girls and boys": "girls and boys",
        "of another sex": "other",
        "of unknown sex or age": "unknown",
    },
}
SUPPORT: Final = {
    "skyddat boende": "shelter", "hjälp att återvända": "return", "given protected housing": "shelter",
    "helped to return": "return", "protected housing": "shelter", "help to return": "return",
}  # fmt: skip
N: Final = r"(?:\d[\d,\u00a0]*|en|ett|one)"
SHARE: Final = rf"(?P<n>{N})(?: (?:was|were) exploited mainly| främst)? (?:for|för) (?P<purpose>.+)"
COLUMN: Final = r"(?P<who>women|men|girls|boys|children|persons)"

# Kind of claim and how it is written. The groups' names say what each part is.
SENTENCES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "sv": (
        (
            "total",
            rf"År \d+ fick nätverket kännedom om (?P<n>{N}) person(?:er)? som förmodas vara offer för .+\.",
        ),
        ("nobody", r"År \d+ fick nätverket inte kännedom om någon person som förmodas vara offer för .+\."),
        ("everybody", r"(?:Alla|Båda|Personen) var (?P<who>[^,]+?)\."),
        ("no children", r"Ingen var (?P<whose>flicka|pojke|flicka eller pojke)\."),
        ("groups", r"Av dem var (?P<groups>.+)\."),
        ("as many", r"Sammanlagt är det lika många som \d+\."),
        ("change", rf"Sammanlagt är det (?P<n>{N}) (?P<way>fler|färre) än \d+ \((?P<then>{N})\)\."),
        ("then", rf"År \d+ var antalet (?P<then>{N})\."),
        ("nor then", r"Det fick det inte heller \d+\."),
        (
            "children",
            rf"(?:(?:Av alla personer var|Alla) (?P<n>{N}) (?:personer var )?(?P<who>barn)|(?P<together>Antalet flickor och pojkar) var (?P<m>{N}))"  # noqa: E501
            rf"(?:(?P<none>, mot inga \d+)|(?P<same>,(?: vilket är)? lika många som \d+)|,(?: vilket är)? (?P<step>{N}) "  # noqa: E501
            r"(?P<way>fler|färre) än \d+)?\.",
        ),
        ("care", r"Mellan de två åren är tidsserien bruten, .+\."),
        (
            "most",
            rf"De flesta av (?P<who>.+?)(?:, (?P<n>{N}) av (?P<of>{N}),)? utnyttjades främst för (?P<purpose>[^,]+?)"  # noqa: E501
            r"(?:, och alla dessa var (?P<only>.+))?\.",
        ),
        ("all", r"Alla (?P<who>.+?) utnyttjades främst för (?P<purpose>[^,]+)\."),
        (
            "tied",
            rf"(?P<who>\w+) utnyttjades oftast för (?P<names>.+) \((?P<n>{N}) vardera\)\.",
        ),
        ("first", r"(?P<who>\w+) utnyttjades oftast för (?P<names>.+?)(?:, därefter för (?P<rest>.+))?\."),
        ("next", r"Därefter kom (?P<names>.+)\."),
        ("others had", r"Av övriga (?P<who>\w+) utnyttjades (?P<shares>.+)\."),
        ("some had", r"Av (?P<who>\w+) utnyttjades (?P<shares>.+)\."),
        ("others had", r"Andra (?P<who>\w+) utnyttjades främst för (?P<names>.+)\."),
        ("some had", r"En del av (?P<who>\w+) utnyttjades främst för (?P<names>.+)\."),
        ("also", r"Bland [^,.]+ förekom även utnyttjande för (?P<names>.+)\."),
        (
            "not shown",
            r"Hur många av (?P<who>\w+) som utnyttjades för (?P<names>.+) visas inte, "
            r"men de kan vara många\.",
        ),
        ("rest", r"Resten utnyttjades främst för (?P<names>.+)\."),
        ("others only", r"Övriga (?P<who>\w+) utnyttjades främst för (?P<names>.+)\."),
        ("only", r"(?P<who>\w+) utnyttjades främst för (?P<names>.+)\."),
        ("countries", r"De[t]? vanligaste medborgarskapsl\w+ var (?P<countries>.+)\."),
        ("helped", r"Av personerna fick (?P<helped>.+)\."),
        ("support", r"Stödet omfattade (?:också|bland annat) (?P<support>.+)\."),
    ),
    "en": (
        ("total", rf"In \d+ the network identified (?P<n>{N}) presumed victims? of .+\."),
        ("nobody", r"In \d+ the network identified no presumed victims of .+\."),
        ("everybody", r"(?:All were|Both were|The person was) (?P<who>[^,]+?)\."),
        ("no children", r"None was (?P<whose>a girl|a boy|a girl or a boy)\."),
        ("groups", r"Of them, (?P<groups>.+)\."),
        ("as many", r"In total, that is as many as in \d+\."),
        ("change", rf"In total, that is (?P<n>{N}) (?P<way>more|fewer) than in \d+ \((?P<then>{N})\)\."),
        ("then", rf"In \d+ there (?:were|was) (?P<then>{N}|none)\."),
        ("nor then", r"Nor did it in \d+\."),
        (
            "children",
            rf"(?:(?:Of all the persons,|All) (?P<n>{N}) (?:persons )?(?:were|was a) (?P<who>child(?:ren)?)|"
            rf"(?P<together>Girls and boys) together numbered (?P<m>{N}))"
            rf"(?:(?P<none>, against none in \d+)|(?P<same>,(?: which is)? as many as in \d+)|,(?: which is)? (?P<step>{N}) "  # noqa: E501
            r"(?P<way>more|fewer) than in \d+)?\.",
        ),
        ("care", r"The series is broken between the two years, .+\."),
        (
            "most",
            rf"Most of the (?P<who>.+?)(?:, (?P<n>{N}) of (?P<of>{N}),)? were exploited mainly for (?P<purpose>[^,]+?)"  # noqa: E501
            r"(?:, and all of these were (?P<only>.+))?\.",
        ),
        ("all", r"All (?P<who>.+?) were exploited mainly for (?P<purpose>[^,]+)\."),
        (
            "tied",
            rf"The (?P<who>\w+) were most often exploited for (?P<names>.+) \((?P<n>{N}) each\)\.",
        ),
        (
            "first",
            r"The (?P<who>\w+) were most often exploited for (?P<names>.+?)(?:, then for (?P<rest>.+))?\.",
        ),
        ("next", r"Next came (?P<names>.+)\."),
        ("others had", rf"Of the other {COLUMN}, (?P<shares>.+)\."),
        ("some had", rf"Of the {COLUMN}, (?P<shares>.+ exploited .+)\."),
        ("others had", r"Other (?P<who>\w+) were exploited mainly for (?P<names>.+)\."),
        ("some had", r"Some of the (?P<who>\w+) were exploited mainly for (?P<names>.+)\."),
        (
            "not shown",
            rf"How many of the {COLUMN} were exploited for (?P<names>.+) is not shown, "
            r"but they may be many\.",
        ),
        ("also", r"Among [^,.]+ there was also exploitation for (?P<names>.+)\."),
        ("rest", r"The rest were exploited mainly for (?P<names>.+)\."),
        ("others only", r"The other (?P<who>\w+) were exploited mainly for (?P<names>.+)\."),
        ("only", r"The (?P<who>\w+) were exploited mainly for (?P<names>.+)\."),
        ("countries", r"The most common citizenships? (?:was that|were those) of (?P<countries>.+)\."),
        ("helped", r"Of the persons, (?P<helped>.+)\."),
        ("support", r"The support (?:also )?included (?P<support>.+)\."),
    ),
}


def claims(text: str, language: str) -> list[Claim]:
    """Of every sentence but the caveats: its kind, and what it says in codes and numbers."""
    body = " ".join(text.split("\n")[:-2])
    return [_claim(sentence, language) for sentence in _sentences(body)]


def _sentences(body: str) -> Iterator[str]:
    yield from (f"{one}." for one in body.removesuffix(".").split(". ") if one)


def _claim(sentence: str, language: str) -> Claim:
    for kind, pattern in SENTENCES[language]:
        if found := re.fullmatch(pattern, sentence):
            parts = {
                name: _read(name, text, language)
                for name, text in found.groupdict().items()
                if text is not None
            }
            if "shares" in parts:
                parts["names"] = parts.pop("shares")
            if parts.pop("together", None):
                parts |= {"n": parts.pop("m"), "who": "girls and boys"}
            return kind, tuple(sorted(parts.items()))
    raise AssertionError(f"Nobody can read: {sentence}")


def _read(name: str, text: str, language: str) -> Any:
    """The codes and numbers of a part of a sentence; True where it only has to stand there."""
    read = READ.get(name)
    return read(text, language) if read else True


def _shares(text: str, language: str) -> tuple[Named, ...]:
    found = [re.fullmatch(SHARE, part) for part in _parts(text)]
    return tuple((PURPOSES[language][one["purpose"]], number(one["n"])) for one in found if one)


def _countries(text: str, language: str) -> tuple[Named, ...]:
    codes = {word: code for code, word in COUNTRIES[language].items()}
    return tuple(_named(part, codes) for part in _parts(text))


def _groups(text: str, language: str) -> tuple[Named, ...]:
    """One of the groups has "or" in its name."""
    whole = text.replace("kön eller ålder", "kön/ålder").replace("sex or age", "sex/age")
    parts = [part.replace("kön/", "kön eller ").replace("sex/", "sex or ") for part in _parts(whole)]
    return tuple(_group(part, language) for part in parts)


READ: Final[dict[str, Callable[[str, str], Any]]] = {
    **dict.fromkeys(("n", "m", "of", "then", "step"), lambda text, _language: number(text)),
    **dict.fromkeys(("who", "only"), lambda text, language: WHO[language][text.lower()]),
    **dict.fromkeys(
        ("names", "rest"),
        lambda text, language: tuple(_named(part, PURPOSES[language]) for part in _parts(text)),
    ),
    "whose": lambda text, language: tuple(WHO[language][one] for one in re.split(" eller | or ", text)),
    "way": lambda text, _language: "more" if text in ("fler", "more") else "fewer",
    "purpose": lambda text, language: PURPOSES[language][text],
    "shares": _shares,
    "countries": _countries,
    "groups": _groups,
    "helped": lambda text, _language: tuple(map(_helped, _parts(text))),
    "support": lambda text, _language: tuple(SUPPORT[part] for part in _parts(text)),
}


def number(text: str) -> int:
    words = {"en": 1, "ett": 1, "one": 1, "none": 0}
    return words[text] if text in words else int(re.sub(r"[,\u00a0]", "", text))


def _parts(text: str) -> list[str]:
    return re.split(r", | och | and | eller | or ", text)


def _named(text: str, codes: Mapping[str, str]) -> Named:
    name, _space, value = text.partition(" (")
    return codes[name], number(value.rstrip(")")) if value else None


def _group(text: str, language: str) -> Named:
    text = re.sub(r" (?:was|were)\b", "", text)
    if text in WHO[language]:  # Swedish: "en kvinna"
        return WHO[language][text], 1
    value, _space, who = text.partition(" ")
    return WHO[language][who], number(value)


def _helped(text: str) -> Named:
    value, _space, what = re.sub(r" (?:was|were)\b", "", text).partition(" ")
    return SUPPORT[what], number(value)
