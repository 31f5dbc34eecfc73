"""Lists the names that the scanner knows: those of Faker's locales and our own. The list is not committed.

python -m scripts.names   Where Faker is not installed, as at run time, it is fetched for this alone.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cases.scanner import name_words
from cases.scanner.name_words import LISTED, ORDINARY, plain, words_in

OWN: Final = LISTED.with_name("given_names.txt")
PINS: Final = LISTED.parents[2] / "requirements-dev.txt"
MADE_OF: Final = (OWN, Path(__file__), Path(name_words.__file__))
PIP: Final = (sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps")
# Whose names people in Sweden have whom the network meets, and their coordinators.
LOCALES: Final = words_in(
    """
    sv_SE no_NO da_DK fi_FI ro_RO bg_BG en_GB en_US en_IN en_PK en_NG en_KE en_TH es_ES es_MX es_CO
    pt_BR fr_FR de_DE it_IT  nl_NL pl_PL cs_CZ sk_SK hu_HU hr_HR lt_LT lv_LV et_EE uk_UA ru_RU tr_TR
    az_AZ uz_UZ vi_VN id_ID sw yo_NG ha_NG  ig_NG tw_GH zu_ZA fr_DZ zh_CN mk_MK
    """
)
SHORT: Final = frozenset({"bo", "li", "ida"})  # given names of two letters that are names alone
CYRILLIC: Final = str.maketrans("абвгдезийклмнопрстуфхъыэіґ", "abvgdeziyklmnoprstufhayeig") | str.maketrans(
    {"ь": "", "ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ю": "yu", "я": "ya"}
    | {"ї": "yi", "є": "ye", "ё": "yo"}
)
FIRST: Final = re.compile("(?:first|middle)_.*names|first_names.*|middle_names.*")
LAST: Final = re.compile("(?:.*_)?last_.*names.*|last_names.*")


def list_names(file: Path = LISTED) -> None:
    """Makes the list, unless it was made of the same. Raises OSError, or CalledProcessError: no network."""
    (pin,) = re.findall("^faker==.*", PINS.read_text(), re.MULTILINE)
    made_of = hashlib.sha256(b"\0".join([pin.encode(), *map(Path.read_bytes, MADE_OF)])).hexdigest()
    if file.exists() and file.read_text("utf-8").startswith(made_of):
        return
    with TemporaryDirectory() as folder:
        if not find_spec("faker"):
            subprocess.run([*PIP, "--disable-pip-version-check", "--target", folder, pin], check=True)
            sys.path.append(folder)
        ours = plain(re.sub("^#.*", "", OWN.read_text("utf-8"), flags=re.MULTILINE))
        first, last = of_locales(FIRST) | words_in(ours), of_locales(LAST)
    lines = (made_of, " ".join(sorted(longer(first, 2) | SHORT)), " ".join(sorted(longer(last, 3))))
    part = file.with_suffix(f".{os.getpid()}")  # renamed when whole: others may read or write
    part.write_text("\n".join(lines), "utf-8")
    part.replace(file)


def of_locales(attribute: re.Pattern[str]) -> set[str]:
    """Return the words, in Latin letters, of all names that attributes of this name list."""
    words: set[str] = set()
    for locale in LOCALES:
        for name, value in vars(import_module(f"faker.providers.person.{locale}").Provider).items():
            if attribute.fullmatch(name) and isinstance(value, tuple | list | dict):
                words.update(re.split("[ -]", " ".join(map(str, value))))
    return {plain(word).translate(CYRILLIC) for word in words}


def longer(names: set[str], letters: int) -> set[str]:
    """Return the names that are no ordinary words and have more letters than these."""
    return {name for name in names - ORDINARY if len(name) > letters}


if __name__ == "__main__":
    try:
        list_names()
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"The names could not be listed: {error}")
