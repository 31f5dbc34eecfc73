"""Forms of what belongs to one person: accounts, documents, cars, money. Pure.

Every pattern is bounded and begins at a fixed mark; see `finding`."""

from __future__ import annotations

import re
from typing import Final

_I: Final = re.IGNORECASE
_IS: Final = r"(?: (?:är|is|heter))?[ .:=#\-]{0,4}"

# --- accounts of networks -------------------------------------------------------------------------
_NETWORKS: Final = (
    r"(?:instagram|insta|ig|snap|snapchat|snapp|tiktok|tik tok|telegram|facebook|fb|messenger|wechat"
    r"|kik|skype|viber"
    r"|discord|onlyfans|twitter|vk|linkedin|signal|whatsapp|youtube|tinder|badoo|grindr)"
)
HANDLES: Final = (
    re.compile(r"(?<![\w@.])@(?!(?:home|work)\b)[A-Za-z_][\w.]{2,30}+(?!@)"),
    re.compile(
        r"\b(?:facebook|fb|instagram|tiktok|snapchat|twitter|x|vk|linkedin|onlyfans|youtube|t|wa"
        r"|telegram|discord|m)"
        r"\.(?:com|me|ru|gg|net)/{1,2}(?:in/|add/|u/|profile\.php\?id=)?[\w.@\-]{2,60}+",
        _I,
    ),
    re.compile(
        rf"\b{_NETWORKS}(?:[ \-]?(?:konto|namn|användare|användarnamn|account|user|username|handle|id"
        rf"|profil)(?:et|en)?)?"
        r"(?: (?:är|heter|is)|[ ]?[:=])[ ]{0,2}(?:@?[A-Za-z][\w.]*[\d_.]\w*"
        r"|@?[A-Za-z][\w]{2,30}+(?= ?(?:[,.;)\n]|$)))",
        _I,
    ),
    re.compile(r"\bline[ \-]?id[ .:=]{1,3}@?[A-Za-z][\w.\-]{2,30}+", _I),
    re.compile(r"(?<!\w)live:[\w.\-]{3,40}+", _I),
    re.compile(rf"\b{_NETWORKS}(?:konto|kontot|namn|profil)? (?=[\w.]*[\d_])[A-Za-z][\w.]{{3,30}}+", _I),
    re.compile(
        r"\b(?:användarnamn(?:et)?|username|user name|nickname|nick|handle|kontonamn(?:et)?"
        r"|profilnamn(?:et)?)"
        r"(?: (?:är|is)|[ ]?[:=])?[ ]{1,2}@?(?!(?:är|is|och|and|på|on|i|in|som|för|okänt"
        r"|saknas)\b)[A-Za-z][\w.\-]{2,30}+",
        _I,
    ),
)

# --- documents ----------------------------------------------------------------------------------
_NUMBER: Final = r"(?:[ \-]?(?:nummer|numret|nr|no|number|num)\b)?"
DOCUMENTS: Final = (
    re.compile(
        r"\b(?:pass|passport|passnr|passnummer|passnumret|id-?kort|id-?handling|identity card|id card"
        r"|körkort|driving licen[cs]e"
        rf"|uppehållstillståndskort|ut-?kort|residence (?:permit|card)|visum|visa){_NUMBER}{_IS}"
        r"(?:[A-Z]{1,3}[ \-]?)?\d(?:[ \-]?\d){5,9}(?!\d)",
        _I,
    ),
    re.compile(r"(?<!\w)[A-Z]{1,2}\d{7}(?!\w)"),
    re.compile(r"(?<!\w)P<[A-Z]{3}[A-Z<]{5,40}"),
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
        r"(?: (?:är|is))?[ .:]{0,3}(?-i:[A-ZÅÄÖ]{1,3})[ \-]?\d{1,4}(?:[ \-]?(?-i:[A-Z]{1,3}))?(?!\w)",
        _I,
    ),
    re.compile(
        r"\b(?:bil|bilen|taxi|taxin|skåpbil|skåpbilen|minibuss|lastbil|husbil|car|van|volvo|bmw|audi|vw"
        r"|volkswagen|mercedes|saab|toyota|ford|opel|skoda|renault|peugeot|kia|hyundai|mazda|nissan|seat|fiat"
        r"|citro[eë]n|tesla|dacia|lexus|mitsubishi|passat|golf)\b[ ,:]{1,3}"
        r"(?:med reg )?(?-i:[A-Z]{2,3})[ \-]?\d{2,3}(?-i:[A-Z]{0,3})(?!\w)",
        _I,
    ),
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
        rf"|account|account (?:no|number)|kortnummer|card number){_IS}\d(?:[ \-,.]{{0,2}}\d){{5,16}}(?!\d)",
        _I,
    ),
)
