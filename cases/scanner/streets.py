"""Where somebody lives: streets with and without their numbers, boxes, postcodes. Pure.

Every pattern is bounded and begins at a fixed mark; see `finding`."""

from __future__ import annotations

import re
from typing import Final

from cases.scanner.dates import MONTHS, YEAR
from cases.scanner.disguises import SAID

_I: Final = re.IGNORECASE
NO_STREETS: Final = frozenset(
    {
        "arbetsplatsen",
        "arbetsplats",
        "bostadsplatsen",
        "boplatsen",
        "brottsplatsen",
        "mötesplatsen",
        "uppehållsplatsen",
        "vistelseplatsen",
        "parkeringsplatsen",
        "lekplatsen",
        "rastplatsen",
        "campingplatsen",
        "byggarbetsplatsen",
        "byggplatsen",
        "fyndplatsen",
        "marknadsplatsen",
        "motorvägen",
        "järnvägen",
        "utvägen",
        "omvägen",
        "hemvägen",
        "halvvägen",
        "inkörsvägen",
        "tillfartsvägen",
        "bondgården",
        "skolgården",
        "innergården",
    }
)

_UNITS: Final = (
    r"(?:personer|person|kvinnor|kvinna|män|man|flickor|pojkar|barn|st|år|mil|km|m|dagar|dygn|timmar"
    r"|veckor|månader"
    r"|gånger|ggr|procent|%|kap|kr|kronor|people|persons|women|men|children|years|days|hours|"
    + MONTHS
    + r")\b"
)

_NUMBER: Final = (
    rf"(?: {{1,2}}(?:nr\.? |nummer |no\.? )?)(?!{YEAR}\b)"
    rf"\d{{1,3}} ?(?:[A-H]\b)?(?![\d:.,]\d|\w| ?{_UNITS}| ?%)"
)
_ENDS: Final = (
    r"gatan|v[aä]gen|gr[aä]nd|gr[aä]nden|stigen|all[eé]n|torget|avenyn|backen|slingan|brinken|esplanaden"
    r"|promenaden"
)
_SAID: Final = "|".join(sorted(SAID, key=len, reverse=True))
STREETS: Final = (
    re.compile(
        r"(?<!\w)(?P<name>\w{2,30}?(?:gatan?|v[aä]gen|gr[aä]nden|gr[aä]nd|all[eé]n|torget|avenyn|aveny"
        r"|esplanaden"
        r"|promenaden|slingan|stråket|brinken|straße|strasse"
        r"|straat))" + _NUMBER.replace("{1,2}", "{0,2}", 1),
        _I,
    ),
    re.compile(r"(?<!\w)(?P<name>[A-ZÅÄÖ]\w{2,30}(?:gg|(?:g|v|vg|gt)\.))" + _NUMBER),
    re.compile(
        r"(?<!\w)(?P<name>\d{1,4}[A-Z]? (?:[A-Z][\w']{1,20} ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane"
        r"|Ln|Drive|Square|Court"
        r"|Way|Close|Terrace|Boulevard|Blvd))(?!\w)"
    ),
    re.compile(
        r"(?<!\w)(?P<name>(?:[Ss]trada|[Ss]tr\.|[Bb]ulevardul|[Bb]d\.|[Cc]alle|[Rr]ue|[Vv]ia|[Uu]lica"
        r"|[Uu]l\.|[Aa]venida)"
        r" (?:[a-z]{1,3} )?[A-ZÅÄÖȘȚŁŚ][\w\-]{1,30}(?: [A-ZȘȚŁŚ][\w\-]{1,30})?)"
        r",? (?:nr\.? ?)?\d{1,3}(?!\d|\w)"
    ),
    re.compile(
        r"(?P<name>\b(?:bor|bodde|vistas|finns|hämtas|lämnas|bostad|lägenhet|lives|lived|living|staying"
        r"|adress(?:en)?|address)"
        r"(?: (?:på|i|vid|är|at|in|on|is))?[ :]{1,2}(?:[Rr]um \d+ )?(?:[A-ZÅÄÖ][\w\-]{2,30} ){1,2}(?:nr )?)"
        rf"(?!{YEAR}\b)\d{{1,3}} ?[A-H]?(?![\d:.,]\d|\w| ?{_UNITS}| ?%)"
    ),
    re.compile(
        r"(?<!\w)(?P<name>[A-ZÅÄÖ]\w{1,30}?(?:platsen?|plan|stigen?|backen?|backar|gården?|gård|kajen"
        r"|stranden|leden|höjden|parken"
        r"|v[aä]g|torg|all[eé]|bron|hamnen|liden|ringen|gången|udden|kullen|hagen|ängen|dalen|åsen|vreten))"
        + _NUMBER
    ),
    re.compile(
        r"(?<!\w)(?P<name>[A-ZÅÄÖ]\w{1,30} (?:v[aä]g|gata|all[eé]|plan|plats|torg|gr[aä]nd|stig|backe|gård"
        r"|gatan|v[aä]gen|torget|gr[aä]nden|stigen|backen|platsen|gården))" + _NUMBER
    ),
    re.compile(r"(?<!\w)(?P<name>lgh)\.?(?: (?:nr|nummer)\.?)? ?\d{4}(?!\d)", _I),
    # Where somebody lives, without the number.
    re.compile(
        r"\b(?:bor|bodde|bott|vistas|vistades|hålls|hölls|inlåst[a]?|sover|sov|hyr|hyrde|boende|adress(?:en)?"
        r"|lägenhet(?:en)?|lgh|rum|hemma|villa(?:n)?|hus(?:et)?)\b(?: \w{1,15}){0,4}?[ :]{1,2}"
        rf"(?P<name>(?-i:[A-ZÅÄÖ])\w{{1,30}}(?:{_ENDS}|(?<=\w) (?:{_ENDS})))s?(?!\w)",
        _I,
    ),
    re.compile(
        rf"(?<!\w)(?P<name>(?-i:[A-ZÅÄÖ])\w{{1,30}}(?:{_ENDS})) (?:nr )?(?:{_SAID})(?= ?(?:[,.;)\n]|$))", _I
    ),
    re.compile(rf"\b(?:på|vid) (?P<name>\w{{3,30}}(?:backen|stigen|gården|torget|vägen|gatan)){_NUMBER}", _I),
    re.compile(r"(?<!\w)(?P<name>[A-ZÅÄÖ]\w{2,30}) \d{1,3} ?[A-H]?,? {0,2}\d ?tr(?:appor)?\b"),
    re.compile(r"(?<!\w)(?P<name>c/o) ?[A-ZÅÄÖ]\w++"),
)
BOX: Final = re.compile(r"(?<!\w)(?:box|postbox|p\.? ?o\.? ?box|pl) {1,2}\d{2,5}(?!\d|\w)", _I)
POSTCODE: Final = re.compile(r"(?<![\d\-.,])(?:SE?-)?[1-9]\d\d ?\d\d {1,2}[A-ZÅÄÖ][A-Za-zåäöÅÄÖé]{2,}+")
