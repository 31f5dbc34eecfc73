"""Where somebody lives: streets with and without their numbers, boxes, postcodes. Pure.

Every pattern is bounded and begins at a fixed mark; see `scan`."""

from __future__ import annotations

import re
from typing import Final

from cases.scanner.name_words import words_in
from cases.scanner.numbers import DIGITS_IN_WORDS, MONTHS, YEAR

_I: Final = re.IGNORECASE
NO_STREETS: Final = words_in(
    """
    arbetsplatsen arbetsplats bostadsplatsen boplatsen brottsplatsen mötesplatsen uppehållsplatsen
    vistelseplatsen parkeringsplatsen lekplatsen rastplatsen campingplatsen byggarbetsplatsen byggplatsen
    fyndplatsen marknadsplatsen motorvägen riksväg länsväg europaväg landsväg motorväg järnvägen utvägen
    omvägen hemvägen halvvägen inkörsvägen tillfartsvägen bondgården skolgården innergården
    """
)

_UNITS: Final = (
    r"(?:personer|person|kvinnor|kvinna|män|man|flickor|pojkar|barn|st|år|mil|km|m|dagar|dygn|timmar"
    r"|veckor|månader|gånger|ggr|procent|%|kap|kr|kronor|people|persons|women|men|children|years|days|hours|"
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
# Other words that end with g.
_NO_SHORT_STREET: Final = re.sub(
    r"\w+ ?",
    lambda end: f"(?<!{end[0].strip()})",
    "ing dag lag tag drag steg tyg tåg flyg helg berg borg burg sorg färg krig ig log ång äng ung ong eng ogg"
    " ägg sug jag fråg",
)
_NUMERALS: Final = "|".join(sorted(DIGITS_IN_WORDS, key=len, reverse=True))
STREETS: Final = (
    re.compile(
        r"(?<!\w)(?P<name>\w{2,30}?(?:gatan?|v[aä]gen|gr[aä]nden|gr[aä]nd|all[eé]n|torget|avenyn|aveny"
        r"|esplanaden|promenaden|slingan|stråket|brinken|straße|strasse"
        r"|straat))" + _NUMBER.replace("{1,2}", "{0,2}", 1),
        _I,
    ),
    re.compile(r"(?<!\w)(?P<name>[A-ZÅÄÖ]\w{2,30}(?:gg|(?:g|v|vg|gt)\.))" + _NUMBER),
    # Shortened without its dot: "Bergsg 14".
    re.compile(rf"(?<!\w)(?P<name>[A-ZÅÄÖ][a-zåäö]{{3,30}}+)(?<=g){_NO_SHORT_STREET}{_NUMBER}"),
    re.compile(
        r"(?<!\w)(?P<name>\d{1,4}[A-Z]? (?:[A-Z][\w']{1,20} ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane"
        r"|Ln|Drive|Square|Court|Way|Close|Terrace|Boulevard|Blvd))(?!\w)"
    ),
    re.compile(
        r"(?<!\w)(?P<name>(?:[Ss]trada|[Ss]tr\.|[Bb]ulevardul|[Bb]d\.|[Cc]alle|[Rr]ue|[Vv]ia|[Uu]lica"
        r"|[Uu]l\.|[Aa]venida) (?:[a-z]{1,3} )?[A-ZÅÄÖȘȚŁŚ][\w\-]{1,30}(?: [A-ZȘȚŁŚ][\w\-]{1,30})?)"
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
    re.compile(
        r"\b(?P<name>lägenhet(?:en|snummer)?|lghnr|apartment|apt|apartament"
        r"|ap)\.?:? (?:nr\.? ?)?(?!20[12]\d)\d{4}(?!\d)",
        _I,
    ),
    re.compile(rf"\b(?:på|vid) (?P<name>\w{{3,30}}(?:backen|stigen|gården|torget|vägen|gatan)){_NUMBER}", _I),
    re.compile(r"(?<!\w)(?P<name>[A-ZÅÄÖ]\w{2,30}) \d{1,3} ?[A-H]?,? {0,2}\d ?tr(?:appor)?\b"),
)
STREETS_WITHOUT_NUMBER: Final = (
    # Where somebody lives, without the number.
    re.compile(
        r"\b(?:bor|bodde|bott|vistas|vistades|hålls|hölls|inlåst[a]?|sover|sov|hyr|hyrde|hämtas"
        r"|hämtades|släpptes av|boende|adress(?:en)?"
        r"|lägenhet(?:en)?|lgh|rum|hemma|villa(?:n)?|hus(?:et)?)\b(?: \w{1,15}){0,4}?[ :]{1,2}"
        rf"(?P<name>(?-i:[A-ZÅÄÖ])\w{{1,30}}(?:{_ENDS}|(?<=\w) (?:{_ENDS})))s?(?!\w)",
        _I,
    ),
    re.compile(
        rf"(?<!\w)(?P<name>(?-i:[A-ZÅÄÖ])\w{{1,30}}(?:{_ENDS})) (?:nr )?(?:{_NUMERALS})(?: [A-H])?(?= ?"
        rf"(?:[,.;)\n]|$))",
        _I,
    ),
    re.compile(r"(?<!\w)(?P<name>c/o) ?[A-ZÅÄÖ]\w++"),
)
BOX: Final = re.compile(r"(?<!\w)(?:box|postbox|p\.? ?o\.? ?box|pl) {1,2}\d{2,5}(?!\d|\w)", _I)
POSTCODE: Final = re.compile(
    r"(?<![\d\-.,])(?:SE?-)?(?:[1-9]\d\d ?\d\d {1,2}|[1-9]\d\d \d\d i )[A-ZÅÄÖ][A-Za-zåäöÅÄÖé]{2,}+"
)

_HOTEL: Final = (
    r"(?:hotell?(?:et)?|motell?(?:et)?|vandrarhem(?:met)?|hostel(?:et)?|pensionat(?:et)?|b&b|airbnb"
    r"|camping(?:en)?|härbärge(?:t)?|gästhem(?:met)?|guesthouse)"
)
_ROOM: Final = (
    r"(?:(?:camping|uppställnings)plats|rum|rummet|room|rumsnr|stuga|stugan|plats|tomt|bungalow|våning)"
    r"(?: ?(?:nr|nummer|no)\.?)?[ :]{1,2}\d{1,4}[A-Z]?"
    rf"(?!\w|[:.]\d| ?(?:nätter|{_UNITS}))"
)
_HOUSE: Final = (
    r"(?:hus|port|uppgång|trappuppgång|lgh|lägenhet|byggnad|entré|block|villa|stuga"
    r"|radhus|barack|house|building|flat)"
)
ROOMS: Final = (
    re.compile(rf"\b{_HOTEL}\b(?:[ ,]{{1,2}}(?!{_ROOM})[\w&'\-:]{{1,20}}){{0,5}}[ ,]{{1,2}}{_ROOM}", _I),
    re.compile(
        rf"\b{_ROOM},? (?:på|at|i|in|of|vid) (?:the )?(?:{_HOTEL}\b|(?-i:[A-ZÅÄÖ])(?!\w+(?:kontoret"
        rf"|sjukhuset|kliniken|mottagningen|tjänsten|huset|verket))\w+(?!\w| (?:sjukhus|lasarett)))",
        _I,
    ),
    re.compile(rf"\b(?-i:[A-ZÅÄÖ])\w{{2,20}}(?: \w{{2,20}})?,? {_HOTEL},? {_ROOM}", _I),
    re.compile(
        rf"\b(?:bor|bodde|sover|sov|vistas|inlogerad|bokad|staying) (?:på|in|at) (?-i:[A-ZÅÄÖ])\w{{2,20}}"
        rf"(?: [\w&']{{1,20}}){{0,4}},? {_ROOM}",
        _I,
    ),
)
# Where somebody sleeps, with the name of the house.
NAMED_HOTEL: Final = re.compile(
    r"\b(?:bor|bodde|bott|sover|sov|vistas|finns|hålls|hölls|gömmer sig|inlogerad|stays|staying|lives)"
    rf"(?: \w{{1,12}}){{0,3}}? {_HOTEL} (?-i:[A-ZÅÄÖ])\w{{2,30}}(?!\w)",
    _I,
)
# A part of a town, and the house in it.
QUARTER: Final = re.compile(
    r"(?<!\w)(?!(?:Region|Polisregion|Hus|Plan|Block|Avdelning|Enhet|Grupp|Kapitel|Bilaga|Sida|Rum)\b)"
    r"(?!\w+(?:sjukhuset|sjukhus|lasarettet|kontoret|tjänsten|verket|polisen|skolan|hallen|huset"
    r"|kliniken|hemmet)\b)"
    rf"[A-ZÅÄÖ][a-zåäö]{{3,25}},? {_HOUSE}(?: (?:nr|nummer)\.?)? (?:\d{{1,4}}[A-Z]?|[A-Z])(?!\w"
    rf"|[.:,]\d| ?{_UNITS})"
)
_REAL_ESTATE: Final = r"(?:fastighet(?:en)?|kvarteret|kv\.|gård(?:en)?|torp(?:et)?|gårdsnamn|byn)"
ESTATES: Final = (
    re.compile(
        rf"\b{_REAL_ESTATE}:? (?-i:[A-ZÅÄÖ])\w{{2,30}}(?: (?-i:[A-ZÅÄÖ])\w{{2,30}})? \d{{1,3}}"
        rf"(?::\d{{1,3}})?(?![\d:.,]\d|\w| ?{_UNITS})",
        _I,
    ),
    re.compile(
        r"(?<!\w)(?!(?:Klockan|Artikel|Kapitel|Lagen?|Brottsbalken|Matteus|Markus|Lukas|Johannes"
        r"|Psalm|Psaltaren|Tid|Start)\b)"
        r"[A-ZÅÄÖ][a-zåäö]{3,30}(?:-[A-ZÅÄÖ][a-zåäö]{2,20})? \d{1,3}:\d{1,3}(?![\w:]|[.,]\d|-\d)"
    ),
    re.compile(
        rf"(?<!\w)[A-ZÅÄÖ][a-zåäö]{{2,20}}(?:torp|hult|tomten|tomt|kulla|lyckan|backa|(?<!\wej"
        rf"|\wob)by|(?<!lje|our|arn|ngs|und)hem){_NUMBER}"
    ),
)
POST_NUMBER: Final = re.compile(
    r"\b(?:post(?:nr|nummer|numret|kod(?:en)?|adress(?:en)?)|zip(?: ?code)?|post ?code|postal code)"
    r"(?: (?:är|is))?[ .:=]{1,3}(?:SE?-)?\d{3} ?\d{2}(?!\d)",
    _I,
)
DOOR_CODE: Final = re.compile(
    r"\b(?:(?:port|dörr|entré|grind)\w{0,4} \w{2,5} |port|dörr|entré|grind|hiss|lås|door ?"
    r"|gate ?)(?:kod|code)(?:en)?(?: (?:är|is))?[ .:=]{1,3}\d{4}(?!\d)",
    _I,
)
_DEGREES: Final = r"[\-+]?\d{1,3}[.,]\d{4,10}(?!\d) ?°?"
PLACES_ON_MAPS: Final = (
    re.compile(
        rf"(?<![\d.,])(?:[NS] ?)?{_DEGREES} ?[NSns]?[,;/ ]{{1,3}}(?:(?:long?|lng|longitud"
        rf"|longitude)[ :=]{{1,2}}|[EWÖVÖ] ?)?{_DEGREES}"
    ),
    re.compile(
        r"\b(?:lat|latitude?n?|long?|lng|longitude?n?|koordinat(?:er|erna)?|coordinates"
        r"|gps(?:-position(?:en)?)?|sweref)"
        r"(?: (?:är|is|are|99 ?tm))?[ :=]{1,3}[NSEW]? ?[\-+]?\d{1,7}(?:[.,°]\d{1,10}|\d{3})",
        _I,
    ),
    re.compile(r"\d{1,3} ?° ?\d{1,2}(?:[.,]\d{1,6})? ?['’′]"),
    re.compile(r"(?<!\w)N ?\d{7}[ ,;]{1,3}E ?\d{6}(?!\d)"),
    re.compile(r"(?<!\w)[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}(?!\w)"),
    re.compile(r"(?<![/\w])/{3}[a-zåäö]{3,20}\.[a-zåäö]{3,20}\.[a-zåäö]{3,20}(?!\w)"),
    re.compile(
        r"\b(?:maps\.app\.goo\.gl|goo\.gl/maps|maps\.google\.\w{2,3}|google\.\w{2,3}/maps\b"
        r"|openstreetmap\.org|w3w\.co"
        r"|what3words\.com|plus\.codes|hitta\.se|eniro\.se|maps\.apple\.com)[/?][\w./?=&+@,%#\-]{3,100}",
        _I,
    ),
)
