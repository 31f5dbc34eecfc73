"""Patterns of what somebody is reached by, and of what belongs to one person. Pure.

Addresses of e-mail, numbers of telephones, names on networks; documents, telephones as things, cars, money.
Every pattern is bounded and begins at a fixed mark; see `scan`.
"""

from __future__ import annotations

import re
from typing import Final

from cases.scanner.numbers import YEAR

_I: Final = re.IGNORECASE
_SEP: Final = r"(?:[ \-/()]{0,3}|[._:·~|=*])"

_SNABEL: Final = r"snabel-?a(?:n)?\b"
_AT: Final = rf"(?:@|[(\[{{] ?(?:at|a|snabel-?a|@) ?[)\]}}]|{_SNABEL}|%40|&#64;|[_\-]at[_\-])"
_DOT: Final = r"(?: ?\. ?| ?[(\[{] ?(?:punkt|dot|prick|\.) ?[)\]}] ?| (?:punkt|dot|prick) |[_\-]dot[_\-])"
_PROVIDERS: Final = (
    r"(?:gmail|googlemail|hotmail|yahoo|outlook|icloud|live|msn|proton(?:mail)?|gmx|aol|ymail|mail|abv|ukr|wp"
    r"|onet|o2|seznam|qq|163|yandex|rambler|telia|bredband|comhem|spray|tutanota|zoho)"
)
_TOP: Final = (
    r"(?:com|se|ro|bg|net|org|nu|ru|ua|pl|hu|cz|sk|de|fr|it|es|lt|lv|ee|th|vn|cn|me|eu|ch|br|co|mk|al|rs)"
)
_MAILBOX: Final = r"(?<![\w.+\-])[\w.+\-]++"
EMAILS: Final = (
    re.compile(
        rf"{_MAILBOX} {{0,2}}{_AT} {{0,2}}[\w\-]{{1,63}}+(?:{_DOT}[\w\-]{{1,63}}+){{1,5}}"
        r"|(?<![\w.+\-])[\w.+\-]++ (?:at|på|a) [\w\-]{1,63}+(?: (?:dot|punkt) [a-z]{2,10}"
        r"|(?<=gmail|yahoo)\.[a-z]{2,10}|(?<=hotmail|outlook)\.[a-z]{2,10})",
        _I,
    ),
    # The word for @ stands in addresses alone: the end may be left out.
    re.compile(
        rf"{_MAILBOX} {{0,2}}(?:{_SNABEL}|[(\[{{] ?(?:at|snabel-?a|@) ?[)\]}}]) {{0,2}}\w[\w\-]{{1,63}}+", _I
    ),
)
EMAILS_OF_PROVIDERS: Final = (
    re.compile(rf"(?<![\w.+\-])(?=\w{{1,30}}[.\d])[\w.+\-]++ (?:hos|på|at) {_PROVIDERS}(?!\w)", _I),
    re.compile(
        rf"{_MAILBOX} (?:at |på |hos |a )?{_PROVIDERS}(?: (?:punkt |dot |prick )?|{_DOT}){_TOP}(?!\w)"
        rf"|{_MAILBOX} ?@ ?{_PROVIDERS}(?!\w)",
        _I,
    ),
    re.compile(
        rf"\b(?:e-?post|e-?mail|mejl|mail)(?:adress)?(?:en)?(?: (?:är|is|heter))?[ :]{{1,2}}[\w.+\-]{{3,64}}+"
        rf" (?:at|på|hos|a|on) {_PROVIDERS}(?!\w)",
        _I,
    ),
)

_TELEPHONE: Final = (
    r"(?:tel(?:e|efon|ephone)?|tfn|tlf|mob(?:il|ile)?|cell|phone|kontakt"
    r"|whats ?app(?:ar|ade)?|wa|sms|viber|telegram|signal)"
)
PHONES: Final = (
    re.compile(rf"(?<![\dA-Z])\(?(?:\+|00){_SEP}[1-9](?:{_SEP}\d){{7,14}}(?!\d)"),
    re.compile(rf"(?<![\dA-Z])(?<!\d[.,])\(?0[1-9]\d{{0,2}}\)?(?:{_SEP}\d){{5,8}}(?!\d)"),
    re.compile(r"(?<!\d)(?<!\d[.,])0(?:[ .\-]{1,3}\d){7,9}(?!\d)"),  # 0 7 0 1 2 3 …
    re.compile(
        r"(?<![\d.,])(?:46[ \-]?)?7[02369](?:[ \-]?\d{3}[ \-]?\d\d[ \-]?\d\d"
        r"|[ \-]?\d\d[ \-]?\d\d[ \-]?\d{3})(?!\d)"
    ),
    re.compile(
        rf"\b(?:{_TELEPHONE}[ .\-]{{0,2}}(?:nr|nummer|numret|no|number|num)?(?:et|en)?|ring|ringde"
        rf"|ringer|ring upp|nås på|nås via|call|sms:?a|nummer|numret)(?<=\w)\.?"
        r"(?: (?:är|is|på|till|från|to|at|from|henne|honom|hem|her|him)){0,2}"
        rf"[ .:=]{{0,3}}(?!{YEAR}-?\d\d)[(+]{{0,2}}\d(?:{_SEP}\d){{5,13}}(?!\d)",
        _I,
    ),
)

_NETWORKS: Final = (
    r"(?:instagram|insta|ig|snap|snapchat|snapp|tiktok|tik tok|telegram|facebook|fb|messenger|wechat|weixin"
    r"|kik|skype|viber|imo|zalo|zangi|vkontakte|threads|bluesky|mastodon|wickr|threema|bumble|happn|hinge|qq"
    r"|discord|onlyfans|twitter|vk|linkedin|signal|whatsapp|youtube|tinder|badoo|grindr|roblox|steam|twitch"
    r"|reddit|pinterest|fansly|telegramkanal)"
)
_SITES: Final = (
    rf"(?:{_NETWORKS}|{_PROVIDERS}|nätet|sajten|forumet|eskortsidan|sidan|appen|chatten|dejtingsajten|webben"
    r"|eskortsajten|kontaktsidan|the site|the app)"
)
# What stands behind "konto" or "id" and is no name of an account.
_NO_HANDLE: Final = (
    r"(?!(?:är|is|och|and|på|on|i|in|som|för|okänt|okänd|saknas|finns|har|inte|ej|av|till|från|med"
    r"|stängt|stängdes"
    r"|skapades|användes|används|borttaget|spärrat|unknown|was|not|hos|via|togs|bort|kapat|lösenord"
    r"|eller|men|nu|heter|under|the|a|en|ett|de|hon|han|den|det|där|så|sedan|enligt|samma|annat)\b)"
)
_WITH_FIGURE: Final = r"(?=[\w.\-]{0,30}[\d_])(?![\d.\-]{1,40}(?!\w))"
_HANDLE: Final = rf"@?{_WITH_FIGURE}[A-Za-z][\w.\-]{{3,30}}+"
_CLAUSE_ENDS: Final = r"(?= ?(?:[,.;)\n]|$))"
HANDLES: Final = (
    re.compile(r"(?<![\w@.])@(?!(?:home|work)\b)[A-Za-z_][\w.]{2,30}+(?!@)"),
    re.compile(
        r"\b(?:facebook|fb|instagram|tiktok|snapchat|twitter|x|vk|linkedin|onlyfans|youtube|t|wa"
        r"|telegram|discord|m)\.(?:com|me|ru|gg|net)/{1,2}(?:in/|add/|u/|profile\.php\?id=)?[\w.@\-]{2,60}+",
        _I,
    ),
    re.compile(r"\bline[ \-]?id[ .:=]{1,3}@?[A-Za-z][\w.\-]{2,30}+", _I),
    re.compile(r"(?<!\w)live:[\w.\-]{3,40}+", _I),
    re.compile(
        r"\b(?:användarnamn(?:et)?|username|user name|nickname|nick|handle|kontonamn(?:et)?"
        r"|profilnamn(?:et)?)(?: (?:är|is)|[ ]?[:=])?[ ]{1,2}@?(?!(?:är|is|och|and|på|on|i|in|som|för|okänt"
        r"|saknas)\b)[A-Za-z][\w.\-]{2,30}+",
        _I,
    ),
)
NETWORK: Final = re.compile(rf"\b(?:{_NETWORKS}(?:\b|[kn]|profil)|{_PROVIDERS}\b)", _I)
HANDLES_OF_NETWORKS: Final = (
    re.compile(
        rf"\b{_NETWORKS}(?:[ \-]?(?:konto|namn|användare|användarnamn|account|user|username|handle|id"
        rf"|profil)(?:et|en)?)?"
        r"(?: (?:är|heter|is)|[ ]?[:=])[ ]{0,2}(?:@?[A-Za-z][\w.]*[\d_.]\w*"
        r"|@?[A-Za-z][\w]{2,30}+(?= ?(?:[,.;)\n]|$)))",
        _I,
    ),
    re.compile(rf"\b{_NETWORKS}(?:konto|kontot|namn|profil)? (?=[\w.]*[\d_])[A-Za-z][\w.]{{3,30}}+", _I),
    # After a word for it, without *is*: "wechat id lotus", "signal-användare lena.77".
    re.compile(
        rf"\b{_NETWORKS}[ \-](?:id|user|username|användarnamn|användare|nick|handle|account)[ .:=]{{1,3}}"
        rf"@?{_NO_HANDLE}[A-Za-z][\w.\-]{{2,30}}+",
        _I,
    ),
    re.compile(
        rf"\b{_NETWORKS}[ \-]?\w{{0,12}}[ :]{{1,2}}@?{_NO_HANDLE}[A-Za-z]\w{{1,20}}\.\w{{1,20}}(?!\w)", _I
    ),
    re.compile(
        rf"\b(?:heter|kallar sig|kallas|går under|finns som|syns som|skriver som|är|namnet|namn|som"
        rf"|user|calls herself) @?{_NO_HANDLE}(?-i:[a-z])\w{{4,30}}+ (?:på|on) {_NETWORKS}(?!\w)",
        _I,
    ),
    re.compile(
        rf"\b(?:på|on) {_NETWORKS},? (?:(?:som|heter|heter hon|heter han|under namnet|as|är|is|kallar hon sig"
        rf"|kallar han sig|med namnet):? |: ?)@?{_NO_HANDLE}[A-Za-z][\w.]{{3,30}}+{_CLAUSE_ENDS}",
        _I,
    ),
)
FIGURE_OR_LINE: Final = re.compile(r"[\d_]")
HANDLES_WITH_FIGURES: Final = (
    # Before the network: "lotus88 på facebook", and "heter lotus på snap".
    re.compile(rf"(?<![\w.@]){_HANDLE} (?:på|on|i|via|hos|at) {_SITES}(?!\w)", _I),
    re.compile(
        rf"\b(?:profil(?:en)?|användare(?:n)?|signatur(?:en)?|kallar sig|skriver som|inloggad som"
        rf"|alias|konto(?:t)?"
        rf"|kanal(?:en)?|logged in as|user|account|id|annonserar som|chattar som|heter)[ :]{{1,3}}"
        rf"@?{_WITH_FIGURE}(?-i:[a-z])[A-Za-z]{{2}}[\w.\-]{{1,30}}+",
        _I,
    ),
    # The number of an advertisement leads to who is in it.
    re.compile(
        rf"\b(?:annons|ad|advert|inlägg|listing)(?:en|et)?[ \-]?(?:nr|nummer|numret|id|kod|no"
        rf"|number|ref)\b(?:et)?"
        rf"(?: (?:är|is))?[ .:#]{{0,3}}(?!{YEAR}(?!\d))(?=[\w\-]{{0,12}}\d{{2}})[\w\-]{{3,20}}+"
        rf"|\bannons(?:en)?[ .:#]{{1,3}}(?!{YEAR}-?\d\d)\d{{5,12}}(?!\d| ?(?:kr|kronor))",
        _I,
    ),
    # A computer: "IP 192.0.2.14".
    re.compile(
        r"\bip(?:v4)?(?:[ \-]?(?:adress|address|nr|nummer))?(?:en)?(?: (?:är"
        r"|is))?[ :]{1,2}\d{1,3}(?:\.\d{1,3}){3}(?![\d.])",
        _I,
    ),
)


_IS: Final = r"(?: (?:är|is|heter))?[ .:=#\-]{0,4}"

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
        r"(?: (?:är|is))?[ .:]{1,3}[A-ZÅÄÖ]{3}[ \-]?\d{2}[\dA-Z](?!\w)",
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
