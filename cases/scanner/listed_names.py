"""Which words are names: the lists of Faker's locales, and our own of origins that Faker has not. Pure.

Faker's lists are imported when the first text is read, without Faker itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Final

from cases.scanner.words import ORDINARY, plain, words_in

# Whose names people in Sweden have whom the network meets, and their coordinators.
LOCALES: Final = words_in(
    """
    sv_SE no_NO da_DK fi_FI ro_RO bg_BG en_GB en_US en_IN en_PK en_NG en_KE en_TH es_ES es_MX es_CO
    pt_BR fr_FR de_DE it_IT  nl_NL pl_PL cs_CZ sk_SK hu_HU hr_HR lt_LT lv_LV et_EE uk_UA ru_RU tr_TR
    az_AZ uz_UZ vi_VN id_ID sw yo_NG ha_NG  ig_NG tw_GH zu_ZA fr_DZ zh_CN mk_MK
    """
)
_OWN: Final = Path(__file__).with_name("given_names.txt")
_SHORT: Final = frozenset({"bo", "li", "ida"})  # given names of two letters that are names alone
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
    first: frozenset[str]  # all as `plain` writes them
    last: frozenset[str]


@lru_cache(maxsize=1)
def names() -> Names:
    """Return all names that are no ordinary words. It takes a tenth of a second, once for a process."""
    first = _own_first()
    last: set[str] = set()
    for locale in sorted(LOCALES):
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for attribute, value in vars(provider).items():
            kind = first if _FIRST.fullmatch(attribute) else last if _LAST.fullmatch(attribute) else None
            if kind is not None and isinstance(value, tuple | list | dict):
                kind.update(_latin(word) for name in value for word in re.split("[ -]", str(name)))
    long_first = {name for name in first if len(name) > 2} | _SHORT
    long_last = {name for name in last if len(name) > 3}
    return Names(frozenset(long_first - ORDINARY), frozenset(long_last - ORDINARY))


def _own_first() -> set[str]:
    lines = _OWN.read_text(encoding="utf-8").splitlines()
    return {plain(name) for line in lines if not line.startswith("#") for name in line.split()}


def _latin(name: str) -> str:
    return "".join(_CYRILLIC.get(letter, letter) for letter in plain(name))
