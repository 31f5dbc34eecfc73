"""Whether a text seems to call somebody by name. Pure.

Which words are names is told by the data that Faker keeps for its locales: they are imported when the first
text is read, without Faker itself. A word is judged where it stands: with its case, its genitive and what
stands before it. It is a question to who writes, never a refusal: many names are words too.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Final
from zoneinfo import available_timezones


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Whose names people in Sweden have whom the network meets, and their coordinators.
LOCALES: Final = _words(
    """
    sv_SE no_NO da_DK fi_FI ro_RO bg_BG en_GB en_US en_IN en_PK en_NG en_KE en_TH es_ES es_MX es_CO
    pt_BR fr_FR de_DE it_IT  nl_NL pl_PL cs_CZ sk_SK hu_HU hr_HR lt_LT lv_LV et_EE uk_UA ru_RU tr_TR
    az_AZ uz_UZ vi_VN id_ID sw yo_NG ha_NG  ig_NG tw_GH zu_ZA fr_DZ zh_CN mk_MK
    """
)
_CYRILLIC: Final = dict(
    zip(
        "абвгдезийклмнопрстуфхъьыэіїєґё",
        "a|b|v|g|d|e|z|i|y|k|l|m|n|o|p|r|s|t|u|f|h|a||y|e|i|yi|ye|g|yo".split("|"),  # noqa: SIM905
        strict=True,
    )
) | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ю": "yu", "я": "ya"}
_FIRST: Final = re.compile("(?:first|middle)_.*names|first_names.*|middle_names.*")
_LAST: Final = re.compile("(?:.*_)?last_.*names.*|last_names.*")


@dataclass(frozen=True, slots=True)
class Names:
    first: frozenset[str]  # all as `_plain` writes them
    last: frozenset[str]


@lru_cache(maxsize=1)
def names() -> Names:
    """A tenth of a second, once for a process."""
    first: set[str] = set()
    last: set[str] = set()
    for locale in sorted(LOCALES):
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for name, value in vars(provider).items():
            kind = first if _FIRST.fullmatch(name) else last if _LAST.fullmatch(name) else None
            if kind is not None and isinstance(value, tuple | list | dict):
                kind.update(_latin(word) for one in value for word in re.split("[ -]", str(one)))
    long = {name for name in first if len(name) > 2} | {"bo", "li", "ida"}
    return Names(frozenset(long - ORDINARY), frozenset(n for n in last if len(n) > 3) - ORDINARY)


def _latin(name: str) -> str:
    return "".join(_CYRILLIC.get(letter, letter) for letter in _plain(name))


def _plain(word: str) -> str:
    """Without case and accents, but for å, ä and ö, which are letters of their own."""
    folded = word.casefold()
    if folded.isascii():
        return folded
    kept = (letter if letter in "åäöй" else unicodedata.normalize("NFD", letter)[0] for letter in folded)
    return "".join(kept)


# --- what is no name ------------------------------------------------------------------------------
_CITIES: Final = frozenset(
    word.casefold() for zone in available_timezones() for word in re.split("[/_]", zone.partition("/")[2])
)
ORDINARY: Final = _words(
    """
    alla allt ana and annan any april are art augusti autumn ask be bell berg best bio black blue
    bok bor brown but by bank bar can center centrum chance charity child church city close court
    dag dal dam dan day de del den denna der des det din dom don du each early east efter en ens ett
    even every far fast father fem fest field fin fler for fred friday from för förra ger given god
    gods good grace gray green gud guy han hand hans hard has hem her here him his home hon hope hos
    house hus här i in ingen inte is island isak jan januari joy juni juli just kan king kind klar
    knife know kom lake lang last law le lead lee lin little liv long los love lucky lund lång made
    mai maj june august july man many mar march marks mars mat max may mer mercy mest mid miss mitt
    mo monday more most mot my mycket mål nej new ni nor nord norr not now ny nya när ofta old on
    only or order other our out over page par park part pay peace per person poor post pray price
    prince quick real red rich right rik road room ros rose said same sant sea see sen she short sin
    small som son song south stad star sten still stor street stål summer sun sunday svart sak sätt
    tal tan that the then there they this time to today tom town tro true två um under union up upp
    van vem very vi vid via vill was water way we well west what when white who wide will wine
    winter wise with wood worker year years yet young your åt är ö över öst viktig vision gift
    precious patience blessing faith gay major dean bishop pope knight baker cook fisher hunter
    mason miller porter potter shepherd smith taylor turner walker ward page chambers stone rivers
    brooks banks hall hill ford cross lane nurse love reed rice rose sweet swan temple case cash
    chase dollar england english france french german holland ireland israel jordan georgia india
    china chad malta cuba kenya nigeria romania sweden norway poland spain turkey syria iran irak
    iraq ghana gambia uganda somalia sara-testet eva-kliniken noomi talita mika novahuset rosenlund
    frida kris röda frälsningsarmén stadsmissionen polisen domen hov svea göta sankt santa san
    maria-kyrkan caritas migrationsverket socialtjänsten skatteverket åklagaren tingsrätten barnahus
    coordinator region support police mamma pappa elektra alma origo terrafem unizon roks lovisa
    """
)
# Names that are words: they are asked about where more says that it is a person.
_WORDS_TOO: Final = _words(
    """
    blessing charity comfort faith favour gift grace happiness happy hope joy love loveth lucky mercy patience
    peace precious prince princess promise queen sunday victory vision wisdom
    """
)
_NO_PERSON: Final = _words(
    """
    kommun län stad sjukhus sjukhuset hotell hotel ab hb kb församling kyrka kyrkan skola skolan
    bank center centrum city county hospital ltd airport flygplats station stationen centralen
    gymnasium folkhögskola universitet university institut institutet verket kliniken mottagningen
    konventionen direktivet protokollet
    """
)
# Right before a word in capitals: it is the name of that house, firm or agency.
_OF_HOUSE: Final = re.compile(
    r".*(?:jour(?:en)?|hus(?:et)?|hem(?:met)?|klinik(?:en)?|förening(?:en)?|organisation(?:en)?"
    r"|stiftelse(?:n)?|hotell(?:et)?|restaurang(?:en)?|salong(?:en)?|mottagning(?:en)?|församling(?:en)?"
    r"|byrå(?:n)?|bolag(?:et)?|firma(?:n)?|projekt(?:et)?|skola(?:n)?)"
)
# Whom one does this with, or fears, is a person or an agency, whoever knows the word.
_MET: Final = re.compile(
    r"\b(?i:(?:(?:sam)?tal(?:at|ar|ade|et)?|samtalade|prat(?:at|ar|ade)|möt(?:e|et)|förhör(?:et)?"
    r"|kontakt(?:en)?|tillsammans|spoken|spoke|talked|met|interview) (?:med|with)"
    r"|träff(?:at|ar|ade)|mött|mötte|möter|förhörde?s?|ring(?:t|er|de) upp|rädd för|afraid of"
    r"|(?:hot|slag|våldtag|såld|köpt|kontrollera|tvinga|hämta|utnyttja)(?:ad|en|ts|des|s|t|d)? av"
    r"|(?:brev|besök|hjälp) av|(?:det|samtalet|ärendet|som) gäller|(?:bor|bodde|bott|sover) hos)"
    r" (?:[A-ZÅÄÖ]\. ?)?(?P<word>[A-ZÅÄÖÉÁŞŠČŽ][^\W\d_A-Z]{2,30})(?!\w|-)"
)
# How agencies and places end, which are met as well.
_AGENCY: Final = re.compile(
    r"(?:polis|social|region|kommun|läns).*|.*(?:en|et|an|orna|arna|erna|én|verk|kommun|jour|hus|centrum|mission|land|rike"
    r"|ien|stan|styrelse|stad|borg|köping|stadsmission|region)s?"
)
_AGENCIES: Final = _words(
    """
    ecpat bris iom rädda vita securitas samsam amnesty skyddsvärnet noaks bosse swedbank nordea ica coop lidl
    kronofogden europol eurojust interpol frontex teams zoom malmö borås umeå
    """
)
_ENDS_AS_LAST: Final = re.compile(
    r".{3,}(?:sson|ström|qvist|wska|cka|wski|cki|sky|ova|eva|escu|enko|chuk|vić|vic|dze|shvili|oglu|akis"
    r"|poulos|czyk|pour|zadeh)"
)
# After somebody's name, with a comma: how old they are.
_AGE: Final = re.compile(r",? \(?\d{1,2} ?(?:år|åring|years|y/o|yo)\b")
_OF_PLACE: Final = _words(
    """
    i från till via mot ur utanför nära in from to near at of genom runt kring vid ort staden town
    city norr söder
    """
)
# Right before a word in capitals: it is the name of that person.
_OF_PERSON: Final = _words(
    """
    offret klienten klient brukaren kvinnan mannen flickan pojken barnet personen tjejen killen
    syster systern bror brodern mamma mamman pappa pappan mor modern far fadern dotter dottern son
    sonen maken make makan hustru hustrun fru frun herr man sambo sambon pojkvän pojkvännen flickvän
    flickvännen kompis kompisen vän vännen väninna väninnan kusin kusinen moster faster morbror
    farbror chefen hallicken mannen handläggaren handläggare tolken tolk advokaten advokat kollegan
    sköterskan läkaren kuratorn victim client woman girl boy sister brother mother father daughter
    husband wife boyfriend girlfriend friend cousin aunt uncle boss mr mrs ms miss dr lawyer
    interpreter colleague named called
    """
)
_VERBS: Final = _words(
    """
    är har ringde ringer säger sa sade berättar berättade vill ville kom kommer bor bodde uppger
    uppgav heter hade mår mådde kan kunde skriver skrev grät gråter åkte reste arbetar arbetade fick
    får behöver undrar undrade svarade försvann flydde tvingades såldes och is has was called calls
    says said told tells wants lives lived came works worked needs asked went and had
    """
)
# After these the next word is what somebody is called, whatever it is.
_TOLD: Final = re.compile(
    r"\b(?:heter|hette|hetat|kallas(?: för)?|kallade sig|kallar sig(?: för)?|kallad|kallades|alias|aka"
    r"|a\.k\.a\.|heta|vid namn|med namnet|namnet är|känd som|known as|kallat sig|går under(?: namnet)?"
    r"|(?:presentera(?:r|de|t)|utge(?:r|tt)|utgav) sig (?:som|för)|säger sig vara|sade sig vara"
    r"|namn är|namnet(?: på \w{1,20}(?= ?[:=]))?|namn"
    r"|förnamn(?:et)?|efternamn(?:et)?|smeknamn(?:et)?|artistnamn(?:et)?|signerat"
    r"|undertecknat|underskrivet|mvh|named"
    r"|called|calls (?:her|him)self|name is|name|nickname|first name|surname|last name|signed|goes by)"
    r"(?P<mark>[ ]?[:=–-])?[ ]{1,2}[\"'”“»(]{0,1}(?P<word>[^\W\d_][\w'’\-]{1,30})"
    r"(?P<next> [^\W\d_][\w'’\-]{1,30})?",
    re.IGNORECASE,
)
# What follows such a word where nobody is named.
_NOBODY: Final = _words(
    """
    in till för som hon han de den det och på av att inte sig något någon ingen ingenting okänt
    okänd saknas lämnas uppges uppgavs anges ej nämns nämndes finns framgår vet ska skall kan bör är
    var eller men om upp ut er dem oss mig dig här där så egentligen också hemma samma annat annan
    andra enligt idag igen nu då offer vittne vittnen kallelse möte förhör henne honom unknown not
    is was the a an in to for by as it her him them of on at or and nobody anyone her's withheld
    missing his their somebody someone stored registered sätt samtal ett en olika flera
    """
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_INITIAL: Final = re.compile(
    r"(?<![\w.])[A-ZÅÄÖ]\. ?(?:[A-ZÅÄÖ]\. ?)?(?P<after>[A-ZÅÄÖÉ][a-zåäöéüș]{2,30})\b"
    r"|(?P<before>[A-ZÅÄÖÉ][a-zåäöéü]{2,30}) [A-ZÅÄÖ]\.(?=\W|$)"
)
_LAW: Final = re.compile(r"[A-ZÅÄÖ][a-zåäö]{1,5}[A-ZÅÄÖ]{1,2}")  # SoL, BrB, UtlL
_ENDS: Final = re.compile(r"[.!?:;\n•*/\-–\"”]\s*$")


def named(text: str) -> bool:
    """Whether somebody seems to be called by name."""
    return _told(text) or _by_initial(text) or _met(text) or _known(text)


def _met(text: str) -> bool:
    for found in _MET.finditer(text):
        plain = _bare(found["word"])
        if not (_AGENCY.fullmatch(plain) or plain in _AGENCIES or plain in ORDINARY or plain in _CITIES):
            return True
    return False


def _told(text: str) -> bool:
    for found in _TOLD.finditer(text):
        word, plain = found["word"], _bare(found["word"])
        if plain in _NOBODY or plain in _NO_PERSON:
            continue
        capital = word[0].isupper()
        if (
            capital
            and (found["mark"] or plain not in _OF_PLACE)
            and not _is_place_or_office(plain, found["next"])
        ):
            return True
        if plain in names().first and (len(plain) > 3 or found["mark"]):
            return True
    return False


def _is_place_or_office(plain: str, following: str | None) -> bool:
    return plain in _CITIES or (following or "").strip().casefold() in _NO_PERSON


def _by_initial(text: str) -> bool:
    for found in _INITIAL.finditer(text):
        plain = _bare(found["after"] or found["before"])
        if plain in names().first or plain in names().last or (found["after"] and _ends_as_last(plain)):
            return True
    return False


def _ends_as_last(plain: str) -> bool:
    return bool(_ENDS_AS_LAST.fullmatch(plain.removesuffix("s"))) and plain not in _CITIES


def _bare(word: str) -> str:
    return _plain(word)


def _forms(word: str) -> tuple[str, ...]:
    """The word, and without the s of a genitive."""
    plain = _plain(word).removesuffix("'s").removesuffix("’s")
    return (plain, plain[:-1]) if plain.endswith("s") and len(plain) > 3 else (plain,)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    first: bool
    last: bool
    capital: bool  # or all in capitals
    begins: bool  # a sentence
    close: bool  # nothing but a blank stands before it
    place: bool
    owner: bool  # a name in the genitive
    aged: bool  # years stand after it

    @property
    def plain(self) -> str:
        return self.text.casefold()


def _is_owner(plain: str, known: Names) -> bool:
    """Without its s."""
    return plain in known.first or _ends_as_last(plain)


def _is_first(parts: list[tuple[str, ...]]) -> bool:
    """Of a double name one is enough: the other may be a word too."""
    known = [any(one in names().first for one in forms) for forms in parts]
    return all(known) or (any(known) and all(known[n] or f[0] in ORDINARY for n, f in enumerate(parts)))


def _tokens(text: str) -> list[_Token]:
    known, at = names(), 0
    found: list[_Token] = []
    for match in _WORD.finditer(text):
        word, between = match[0], text[at : match.start()]
        at = match.end()
        parts = [_forms(part) for part in re.split("-", word) if part]
        capital = word[0].isupper() and not _LAW.fullmatch(word)
        is_last = any(one in known.last for one in _forms(word))
        found.append(
            _Token(
                word,
                first=bool(parts) and _is_first(parts),
                last=is_last,
                capital=capital and (len(word) > 1),
                begins=not found or bool(_ENDS.search(between)),
                close=between == " ",
                place=any(one in _CITIES for one in _forms(word)),
                owner=bool(parts) and len(parts[-1]) > 1 and _is_owner(parts[-1][1], known),
                aged=bool(_AGE.match(text, at)),
            )
        )
    return found


def _known(text: str) -> bool:
    tokens = _tokens(text)
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place and not token.begins else None
        after = tokens[place + 1] if place + 1 < len(tokens) and tokens[place + 1].close else None
        if _names_somebody(token, before, after):
            return True
    return False


def _names_somebody(token: _Token, before: _Token | None, after: _Token | None) -> bool:
    if not token.capital:
        return bool(
            token.first
            and after
            and after.last
            and not after.capital
            and len(token.text) > 3
            and len(after.text) > 4
        )
    if after and after.plain in _NO_PERSON:
        return False
    if before and _OF_HOUSE.fullmatch(before.plain) and not (token.first and after and after.last):
        return False
    if token.text.isupper() and len(token.text) < 4:
        return False
    may_be_first = token.first or _plain(token.text) in _WORDS_TOO
    if token.first and after and after.capital:
        return not (token.place and after.plain not in names().last)
    follows = after is not None and after.capital and (after.last or after.plain not in ORDINARY)
    if may_be_first and (token.aged or follows):
        return not token.place
    word = _plain(token.text) in ORDINARY and not may_be_first
    if before and before.plain in _OF_PERSON and not word and not token.place:
        return may_be_first or token.last or not token.text.isupper()
    if token.begins:
        owner = token.owner and not token.place and after is not None and not after.capital
        return owner or bool(token.first and not token.place and after and after.plain in _VERBS)
    of_place = before is not None and before.plain in _OF_PLACE
    if token.first:
        return not token.place  # Sofia may be a town: asked about where more says that it is somebody
    return (
        token.last and not token.place and not of_place and not token.text.isupper() and len(token.text) > 4
    )
