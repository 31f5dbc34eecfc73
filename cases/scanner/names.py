"""Whether a text seems to call somebody by name. Pure.

A word is judged where it stands: with its case, its genitive, and what stands beside it. It is a question to
who writes, never a refusal: many names are words too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cases.scanner.name_words import (
    ACTED,
    ACTS,
    AGENCIES,
    NO_PERSON,
    NOBODY,
    OF_FAMILY,
    OF_PERSON,
    OF_PLACE,
    ORDINARY,
    PLACES,
    VERBS,
    WORDS_TOO,
    names,
    plain,
)

# How agencies and places end, which are met as well.
_AGENCY: Final = re.compile(
    r"(?:polis|social|region|kommun|läns).*|.*(?:en|et|an|orna|arna|erna|én|verk|kommun|jour|hus"
    r"|centrum|mission|land|rike|ien|stan|styrelse|stad|borg|köping|stadsmission|region)s?"
)
# Right before a word in capitals: it is the name of that house, firm or agency.
_OF_HOUSE: Final = re.compile(
    r".*(?:jour(?:en)?|hus(?:et)?|hem(?:met)?|klinik(?:en)?|förening(?:en)?|organisation(?:en)?"
    r"|stiftelse(?:n)?|hotell(?:et)?|restaurang(?:en)?|salong(?:en)?|mottagning(?:en)?|församling(?:en)?"
    r"|byrå(?:n)?|bolag(?:et)?|firma(?:n)?|projekt(?:et)?|skola(?:n)?|sankt|sankta|s:t)"
)
_ENDS_AS_LAST: Final = re.compile(
    r".{3,}(?:sson|ström|qvist|wska|alska|ynska|cka|wski|cki|sky|ova|eva|escu|enko|chuk|vić|vic|dze"
    r"|shvili|oglu|akis|poulos|czyk|pour|zadeh)"
)
# Letters that Swedish and English words seldom have together.
_FOREIGN: Final = re.compile(
    r"(?:x[aeiouh]|q[iu]|w[aeiu]|ts|dz|kh|gh|bh|dh|nk|mb|mw|nd|ng|gb|sz|cz|hr|hl|vl|zh|xh|jh|y[aeou]|[aio]y"
    r"|sh[aeiou]|thi|ph[aou]|gj|oy|ij|uy|uz|os[aey]|ig[bi]|ok[ou]|od[iu]|ab[du]).{2,}"
    r"|.{2,}(?:zh|kh|sz|cz|gb|aye|oye|uwa|iya|xi|hua|ngu|ntha|mbe|ndu|nku|ewe|oyo|aarj|aiy|yaa|jei|oua|atou"
    r"|rwa|bwi|ndg|gje|wit|hiw|tsu|ulem|uya|ugue|eidy|elly|iwa|mwa|nwa|kwe|ueni|jwa|bay|nii).*"
    r"|.{3,}(?:aa|ou|ii|hai|uk|ovi|ymu|zi|hu|ru|zu|nh|im|[bdgmnrsyz][ou])"
)
_NO_FOREIGN: Final = re.compile(
    r".*(?:en|et|an|na|are|ar|er|or|de|ing|ande|ad|t|sk|ska|ig|iga|as|es|ade|gi|ie|ung|isk|iskt|ion|um|ist)"
)
_LAW: Final = re.compile(r"[A-ZÅÄÖ][a-zåäö]{1,5}[A-ZÅÄÖ]{1,2}")  # SoL, BrB, UtlL
_VERB: Final = re.compile(r".{2,}(?:ade|dde|kte|pte|lte|rde|nde|ar|er|ades|des|tes|as|ed)")
_NO_FOREIGN_WORDS: Final = AGENCIES | ORDINARY | PLACES
_NOBODY_TOLD: Final = NOBODY | NO_PERSON


def _ends_as_last(word: str) -> bool:
    return bool(_ENDS_AS_LAST.fullmatch(word.removesuffix("s"))) and word not in PLACES


def _is_agency(word: str) -> bool:
    return word in _NO_FOREIGN_WORDS or bool(_AGENCY.fullmatch(word))


def _is_foreign(word: str) -> bool:
    """Return whether no list has the word, and it looks like no Swedish one."""
    if _is_agency(word) or _NO_FOREIGN.fullmatch(word):
        return False
    return bool(_FOREIGN.fullmatch(word))


def _looks_like_name(word: str) -> bool:
    """Return whether a word in capitals may be a name, wherever it stands."""
    return names().is_likely(word) or _ends_as_last(word) or _is_foreign(word)


_CAPITAL: Final = r"[A-ZÅÄÖÉÁŞŠČŽĐ][^\W\d_A-Z][\w'’\-]{1,30}"
# What follows is a person or an agency, even where no list has the word.
_MET: Final = re.compile(
    r"\b(?i:(?:(?:sam)?tal(?:at|ar|ade|et)?|samtalade|prat(?:at|ar|ade)|möt(?:e|et)|förhör(?:et)?"
    r"|kontakt(?:en)?|tillsammans|spoken|spoke|talked|met|interview) (?:med|with)"
    r"|träff(?:at|ar|ade)|mött|mötte|möter|förhörde?s?|ring(?:t|er|de) upp|rädd för|afraid of"
    r"|(?:hot|slag|våldtag|såld|köpt|kontrollera|tvinga|hämta|utnyttja)(?:ad|en|ts|des|s|t|d)? av"
    r"|(?:brev|besök|hjälp) av|(?:det|samtalet|ärendet|som) gäller|(?:bor|bodde|bott|sover) hos)"
    r" (?:[A-ZÅÄÖ]\. ?)?(?P<word>[A-Za-zÅÄÖåäöÉÁŞŠČŽ][^\W\d_A-Z]{2,30})(?!\w|-)"
)
# After these the next word is what somebody is called, whatever it is.
_ANNOUNCED: Final = re.compile(
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
_AFTER_ROLE: Final = re.compile(
    r"(?<!\w)(?P<role>[^\W\d_]{2,20})(?:(?<=[MmDd][rs])\.|(?<=fam)\.)?(?: (?:nr\.? ?)?(?:\d{1,2}"
    rf"|[A-Z])\b)?(?: ?[:=–(-]|,)?[ ]?[\"'”“»(]?(?P<word>{_CAPITAL})"
)
_GREETING: Final = re.compile(
    rf"\b(?i:hej|hallå|hello|dear|kära?|hälsningar|hälsar|vänligen|regards"
    rf"|/)[ ,!.]{{1,3}}(?P<word>{_CAPITAL})"
)
_INITIALS: Final = re.compile(
    r"(?<!\w)(?P<role>[^\W\d_]{2,20})(?: är| is)?[ :(]{1,2}"
    r"(?P<initials>[A-ZÅÄÖ](?:\. ?[A-ZÅÄÖ]|-[A-ZÅÄÖ]|[A-ZÅÄÖ]{1,2})(?!\w))"
    r"|(?<![\w.])[A-ZÅÄÖ]\. ?[A-ZÅÄÖ]\. (?P<verb>[a-zåäö]{2,12})\b"
)
# Whose mother, brother or child it is, is somebody: "Glory och hennes bror".
_WITH_OWN: Final = re.compile(rf"(?<!\w)(?P<word>{_CAPITAL}) (?:och|and|samt|med) (?:hennes|hans|her|his)\b")
_CALLED_INITIALS: Final = frozenset({"initialer", "initialerna", "initials"})
_INITIAL: Final = re.compile(
    r"(?<![\w.])[A-ZÅÄÖ]\. ?(?:[A-ZÅÄÖ]\. ?)?(?P<after>[A-ZÅÄÖÉ][a-zåäöéüș]{2,30})\b"
    r"|(?P<before>[A-ZÅÄÖÉ][a-zåäöéü]{2,30}) [A-ZÅÄÖ]\.(?=\W|$)"
)
_LOWER_INITIAL: Final = re.compile(r"(?<![\w.§])(?<!\d )[a-hj-z]\.? (?P<last>[a-zåäöéüș]{5,30})(?!\w)")


# Three letters of another script, such as Arabic, Thai or Cyrillic, with the marks above and below them. No
# ordinary note has them, and no list of names is in them.
_OTHER_SCRIPT: Final = re.compile(
    r"(?:[^\W\d_\u0000-\u02ff\u1d00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff\ufb00-\ufb06\uff00-\uff5f]"
    r"[\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0e31-\u0e3a\u0e47-\u0e4e]*){3}"
)


def named(text: str) -> bool:
    """Whether somebody seems to be called by name."""
    if _OTHER_SCRIPT.search(text):
        return True
    called = (is_name(found) for pattern, is_name in _PHRASES.items() for found in pattern.finditer(text))
    return any(called) or _is_known(text)


def _is_met(match: re.Match[str]) -> bool:
    word = plain(match["word"])
    is_capital = match["word"][0].isupper()
    return not _is_agency(word) if is_capital else names().is_first_in_lower_case(word)


def _is_announced(found: re.Match[str]) -> bool:
    word = plain(found["word"])
    if word in _NOBODY_TOLD:
        return False
    if found["word"][0].isupper() and _is_told_of_person(word, found):
        return True
    return word in names().first and bool(len(word) > 3 or found["mark"])


def _is_told_of_person(word: str, found: re.Match[str]) -> bool:
    following = found.groupdict("")["next"].strip().casefold()
    if word in PLACES or following in NO_PERSON:
        return False
    return bool(found["mark"]) or word not in OF_PLACE


def _are_initials(match: re.Match[str]) -> bool:
    """Whether the letters are somebody's: two capitals alone may be an abbreviation, as in "klient HVB"."""
    if match["verb"]:
        return match["verb"] in VERBS
    role, initials = match["role"].casefold(), match["initials"]
    if role in _CALLED_INITIALS:
        return True
    return role in OF_PERSON and not initials.isalpha()


def _has_initial(match: re.Match[str]) -> bool:
    word = plain(match["after"] or match["before"])
    return names().is_known(word) or (bool(match["after"]) and _ends_as_last(word))


def _is_last_in_lower_case(match: re.Match[str]) -> bool:
    word = plain(match["last"])
    return names().is_last_in_lower_case(word) or _ends_as_last(word)


def _is_with_own(match: re.Match[str]) -> bool:
    word = plain(match["word"])
    if names().may_be_first(word):
        return word not in PLACES
    return not (_is_agency(word) or word in OF_PERSON or _NO_FOREIGN.fullmatch(word))


def _is_of_role(match: re.Match[str]) -> bool:
    role, word = match["role"].casefold(), plain(match["word"])
    if role in OF_FAMILY:
        return not _is_agency(word)
    return role in OF_PERSON and _looks_like_name(word)


# Where somebody may be called by name, and whether it is one.
_PHRASES: Final[dict[re.Pattern[str], Callable[[re.Match[str]], bool]]] = {
    _ANNOUNCED: _is_announced,
    _INITIALS: _are_initials,  # "klient A.K."
    _LOWER_INITIAL: _is_last_in_lower_case,  # "m popescu"
    _INITIAL: _has_initial,  # "M. Ionescu", "Elena P."
    _MET: _is_met,
    _GREETING: lambda match: _looks_like_name(plain(match["word"])),  # "Hej, Mulu"
    _WITH_OWN: _is_with_own,
    _AFTER_ROLE: _is_of_role,  # "Målsägande 1: Nguyen", "familjen Rostas"
}

# After somebody's name, with a comma: how old they are.
_AGE: Final = re.compile(r",? \(?\d{1,2} ?(?:år|åring|years|y/o|yo)\b")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_ENDS: Final = re.compile(r"[.!?:;\n•*/\-–\"”]\s*$")
_TOGETHER: Final = frozenset({"och", "and", "samt"})


def _forms(word: str) -> tuple[str, ...]:
    """The word, and without the s of a genitive."""
    whole = plain(word).removesuffix("'s").removesuffix("’s")
    return (whole, whole[:-1]) if whole.endswith("s") and len(whole) > 3 else (whole,)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = ""
    first: bool = False
    last: bool = False
    capital: bool = False  # or all in capitals
    begins: bool = False  # a sentence
    close: bool = False  # nothing but a blank stands before it
    place: bool = False
    owner: bool = False  # a name in the genitive
    aged: bool = False  # years stand after it

    @property
    def plain(self) -> str:
        return self.text.casefold()

    @property
    def may_be_first(self) -> bool:
        return self.first or plain(self.text) in WORDS_TOO


_NOTHING: Final = _Token()  # before or after a word that stands alone


def _is_first(parts: list[tuple[str, ...]]) -> bool:
    """Of a double name one is enough: the other may be a word too."""
    unknown = [part for part in parts if names().first.isdisjoint(part)]
    return len(unknown) < len(parts) and ORDINARY.issuperset(word for word, *_genitive in unknown)


def _tokens(text: str) -> list[_Token]:
    known, at = names(), 0
    tokens: list[_Token] = []
    for match in _WORD.finditer(text):
        word, between = match[0], text[at : match.start()]
        at = match.end()
        forms = _forms(word)
        parts = [_forms(one) for one in word.split("-")]
        is_law = _LAW.fullmatch(word)
        tokens.append(
            _Token(
                word,
                first=_is_first(parts),
                last=not known.last.isdisjoint(forms),
                capital=word[0].isupper() and len(word) > 1 and not is_law,
                begins=not tokens or bool(_ENDS.search(between)),
                close=between == " ",
                place=not PLACES.isdisjoint(forms),
                owner=any(form in known.first or _ends_as_last(form) for form in parts[-1][1:]),
                aged=bool(_AGE.match(text, at)),
            )
        )
    return tokens


def _is_known(text: str) -> bool:
    tokens = _tokens(text)
    for before, token, after in zip((_NOTHING, *tokens), tokens, (*tokens[1:], _NOTHING), strict=False):
        left = _NOTHING if token.begins else before
        right = after if after.close else _NOTHING
        if _names_somebody(token, left, right):
            return True
    return False


def _names_somebody(token: _Token, before: _Token, after: _Token) -> bool:
    """Return whether this word, where it stands, is somebody's name.

    The rules run from the strongest evidence to the weakest; the first that applies decides.
    """
    if not token.capital:
        return _is_name_in_lower_case(token, before, after)
    is_abbreviation = token.text.isupper() and len(token.text) < 4
    if is_abbreviation or _is_organisation(token, before, after):
        return False
    if token.first and after.capital:  # "Maria Petrova", but not "Sofia Bulgarien"
        return not token.place or after.plain in names().last
    if token.place:
        return False
    return _is_name_by_its_place(token, before, after)


def _is_name_by_its_place(token: _Token, before: _Token, after: _Token) -> bool:
    """Return whether a word with a capital is a name by what stands beside it."""
    may_be_last = after.capital and (after.last or after.plain not in ORDINARY)
    if token.may_be_first and (token.aged or may_be_last):  # "Hope, 19 år"
        return True
    may_be_name = token.may_be_first or plain(token.text) not in ORDINARY
    if before.plain in OF_PERSON and may_be_name:  # "klienten Xhemile"
        return token.may_be_first or token.last or not token.text.isupper()
    if token.begins:  # any word has a capital here
        return _owns_or_acts(token, after)
    return token.first or _is_last_name_alone(token, before) or _is_unknown_actor(token, before, after)


def _is_name_in_lower_case(token: _Token, before: _Token, after: _Token) -> bool:
    """Return whether it is "anna svensson", or "viorel" right after "hennes man"."""
    if not token.first or len(token.text) < 4:
        return False
    if after.last and not after.capital and len(after.text) > 4:
        return True
    return before.plain in OF_PERSON and names().is_first_in_lower_case(plain(token.text))


def _is_organisation(token: _Token, before: _Token, after: _Token) -> bool:
    if plain(token.text) in AGENCIES or after.plain in NO_PERSON:
        return True
    is_whole_name = token.first and after.last
    return not is_whole_name and bool(_OF_HOUSE.fullmatch(before.plain))


def _owns_or_acts(token: _Token, after: _Token) -> bool:
    """Return whether the word that begins a sentence is a name: "Marias mamma", "Zoltán hämtade"."""
    if after is _NOTHING or after.capital:
        return False
    if token.owner:
        return True
    if token.may_be_first:
        goes_on = after.plain in _TOGETHER or bool(_VERB.fullmatch(after.plain))
        return after.plain in VERBS or (token.first and goes_on)
    return after.plain in ACTS and _is_foreign(plain(token.text))


def _is_last_name_alone(token: _Token, before: _Token) -> bool:
    is_word = len(token.text) > 4 and not token.text.isupper()
    return token.last and is_word and before.plain not in OF_PLACE


def _is_unknown_actor(token: _Token, before: _Token, after: _Token) -> bool:
    """Return whether a word of no list, within a sentence, does what persons do: "i natt ringde Osarugue"."""
    word = plain(token.text)
    if before.capital or after.capital or token.text.isupper():
        return False
    if _is_agency(word) or before.plain in OF_PLACE:
        return False
    return before.plain in ACTED or (after.plain in ACTS and _is_foreign(word))
