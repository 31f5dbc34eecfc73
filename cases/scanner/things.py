"""Forms of what belongs to one person: documents, telephones as things, cars, money. Pure.

Every pattern is bounded and begins at a fixed mark; see `finding`."""

from __future__ import annotations

import re
from typing import Final

_I: Final = re.IGNORECASE
_IS: Final = r"(?: (?:är|is|heter))?[ .:=#\-]{0,4}"

# --- documents ----------------------------------------------------------------------------------
_NUMBER: Final = r"(?:[ \-]?(?:nummer|numret|nr|no|number|num)\b)?"
_OF_COUNTRY: Final = r"(?:[a-zåäö]{3,14}(?:skt|ska|sk|sh|an|ian)\.? )"
_SERIES: Final = r"(?:(?:serie|series|seria|med|with) )?"
_NR: Final = r"(?:nr|nummer|numret|no|number)"
_DNR: Final = r"(?<!dnr )(?<!Dnr )(?<!mål )(?<!Mål )(?<!mål nr )(?<!Mål nr )(?<!målnr )"
DOCUMENTS: Final = (
    re.compile(
        r"\b(?:pass|passport|passnr|passnummer|passnumret|id-?kort|id-?handling|identity card|id card"
        r"|körkort|driving licen[cs]e"
        rf"|uppehållstillståndskort|ut-?kort|residence (?:permit|card)|visum|visa){_NUMBER}{_IS}"
        r"(?:[A-Z]{1,3}[ \-]?)?\d(?:[ \-]?\d){5,9}(?!\d)",
        _I,
    ),
    # With the country, the series or the word for the number between: "pass bulgariskt 38 1234567".
    re.compile(
        r"\b(?:pass(?:et|port)?|id(?:-?(?:kort|handling|card))?(?:et|en)?|identitetskort(?:et)?"
        r"|buletin(?:ul)?"
        r"|carte de identitate|lichna karta|dowód(?: osobisty)?|resedokument(?:et)?|visum(?:et)?|visa"
        r"|körkort(?:et)?|främlingspass(?:et)?)"
        rf"[ .,:]{{1,2}}{_OF_COUNTRY}?{_SERIES}(?:[A-Z]{{1,3}} )?(?:{_NR}[ .:]{{1,2}})?"
        r"(?!(?:19|20)\d\d(?!\d)|\d{6,8}[ \-+]?\d{4}(?!\d))(?:[A-Z]{1,3}[ \-]?)?\d(?:[ \-]?\d){5,9}(?!\d)",
        _I,
    ),
    re.compile(r"(?<!\w)[A-Z]{1,2}\d{7}(?!\w)"),
    # A series and its number, as on many identity cards, and what is numbered with dashes.
    re.compile(rf"(?<!\w){_DNR}(?!(?:SK|AD|BG|PG|KR) )[A-Z]{{2}} \d{{6}}(?![\w\-/:])"),
    re.compile(rf"(?<![\w\-]){_DNR}[A-Z]{{1,2}}-\d{{3,6}}-\d{{2}}(?![\w\-])"),
)
MACHINE_READABLE: Final = re.compile(r"(?<!\w)P<[A-Z]{3}[A-Z<]{5,40}")
# What a telephone, its card or a car is numbered with.
DEVICES: Final = (
    re.compile(
        rf"\b(?:imei|iccid|imsi|sim(?:-?kort)?(?:et)?)(?:[ \-]?(?:{_NR}"
        rf"|kod))?{_IS}\d(?:[ \-/]?\d){{9,21}}(?!\d)",
        _I,
    ),
    re.compile(r"(?<![\w.,\-+])(?!(?:19|20)\d{12}(?!\d))\d{14,22}(?![\w.\-])"),
    re.compile(r"(?<![\d\-])\d{2}-\d{6}-\d{6}-\d{1,2}(?![\d\-])"),
    re.compile(
        rf"\b(?:vin|chassis?|ram|serie|serial|mac)(?:[ \-]?(?:{_NR}|adress))?(?: (?:är|is))?[ .:=#\-]{{1,3}}"
        r"(?!(?:19|20)\d\d\b)(?=[A-Z:\-]{0,12}\d)[A-Z\d][A-Z\d:\-]{7,20}(?!\w)",
        _I,
    ),
    re.compile(r"(?<!\w)(?=[A-Z]{0,16}\d)(?=\d{0,16}[A-Z])[A-HJ-NPR-Z\d]{17}(?!\w)"),
)
_NO_PLATES: Final = (
    r"(?!(?:SFS|SOU|DNR|NJA|NMT|HFD|ICD|ISO|EUR|SEK|USD|KAP|AVD|RUM|SAL|BOX|LGH|LMA|OSL|DSL|FAP|REG|TEL"
    r"|MÅL|FEB|MAJ|DSM|KVA)\b|(?:SFS|"
    r"SOU|DNR|NJA|NMT|HFD|ICD|ISO|EUR|SEK|USD|KAP|AVD|RUM|SAL|BOX|LGH|LMA|OSL|DSL|FAP|KVA|TEL|DSM)\d)"
)
PLATES: Final = (
    re.compile(rf"(?<![\w\-/]){_NO_PLATES}[A-Z]{{3}}\d{{2}}[\dA-Z](?![\w/:\-])"),
    # The younger ones, which end with a letter, with their blank; any after a word that says so.
    re.compile(rf"(?<![\w\-/]){_NO_PLATES}(?!HUS|VÅN)[A-Z]{{3}} \d{{2}}[A-Z](?![\w/:\-])"),
    re.compile(
        r"\b(?:reg(?:nr|nummer|istreringsnummer|skylt)|nummerplåt|nummerskylt)(?:en|et)?"
        r"(?: (?:är|is))?[ .:]{1,3}"
        r"[A-ZÅÄÖ]{3}[ \-]?\d{2}[\dA-Z](?!\w)",
        _I,
    ),
    re.compile(
        r"\b(?:kör|körde|kört|åkte|åker|ägare till|drives) (?:i )?(?:(?:en|ett|a) )?"
        r"[\w\-]{2,15}(?: [\w\-]{2,15})?,? "
        r"(?-i:[A-Z]{3}) ?\d{2}(?-i:[\dA-Z])(?!\w)",
        _I,
    ),
    re.compile(
        r"\b(?:reg(?:\.|istrerings)?[ \-]?(?:nr|nummer|skylt)?|registrerad som|skylt(?:en|ar)?"
        r"|nummerplåt|plates?|licen[cs]e plate)"
        r"(?: (?:är|is))?[ .:]{0,3}(?-i:[A-ZÅÄÖ]{1,3})[ \-]?\d{1,5}(?:[ \-]?(?-i:[A-Z]{1,3}))?(?!\w)",
        _I,
    ),
    re.compile(
        r"\b(?:bil|bilen|taxi|taxin|skåpbil|skåpbilen|minibuss|lastbil|husbil|car|van|volvo|bmw|audi|vw"
        r"|volkswagen|mercedes|saab|toyota|ford|opel|skoda|renault|peugeot|kia|hyundai|mazda|nissan|seat|fiat"
        r"|citro[eë]n|tesla|dacia|lexus|mitsubishi|passat|golf)\b[ ,:]{1,3}"
        r"(?:med reg )?(?-i:[A-Z]{2,3})[ \-]?\d{2,4}(?-i:[A-Z]{0,3})(?!\w)",
        _I,
    ),
    # Of other countries: "CB 1234 AB", "B-123-XYZ".
    re.compile(r"(?<![\w\-/])[A-Z]{1,2}(?: \d{4} |-?\d{4}-?)[A-Z]{2}(?![\w/:\-])"),
    re.compile(r"(?<![\w\-/])[A-Z]{1,3}-[A-Z]{1,2} \d{1,4}(?![\w/:\-])"),
    re.compile(rf"(?<![\w\-/])[A-Z]{{1,2}}-\d{{2,3}}-{_NO_PLATES}[A-Z]{{2,3}}(?![\w/:\-])"),
)

# --- money --------------------------------------------------------------------------------------
BANKS: Final = (
    re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ \-]?[A-Z0-9]{4}){3,7}(?:[ \-]?[A-Z0-9]{1,4})?(?!\w)"),
    re.compile(r"\biban[ :]{1,3}[A-Z]{2}\d{2}[\dA-Z \-]{8,34}", _I),
    re.compile(r"(?<![\d\-])\d{4}(?:[ \-]\d{4}){3}(?![\d\-])"),
    re.compile(r"\bswish\w{0,8}(?: (?:till|på|nr|nummer|to))?[ .:]{1,3}123(?:[ \-]?\d){7}(?!\d)", _I),
    re.compile(
        r"\b(?:konto(?: nr| nummer)?|kontonr|kontonummer|kontonumret|bankkonto|clearing|clearingnr"
        r"|clearingnummer|bankgiro|plusgiro|bg|pg"
        rf"|account|account (?:no|number)|kortnummer|card number)(?: (?:hos|i|på|at"
        rf"|in) \w{{3,20}})?{_IS}\d(?:[ \-,.]{{0,2}}\d){{5,16}}(?!\d)",
        _I,
    ),
)
