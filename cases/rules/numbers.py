"""Numbers of cases and persons as people write them. Pure."""

from __future__ import annotations

import re
from typing import Final

_BETWEEN: Final = r"[\s\-\u2010-\u2015\u2212./]*"
_SPELLED: Final = re.compile(
    rf"([A-ZÅÄÖ]{{1,2}}){_BETWEEN}((?:19|20)\d\d){_BETWEEN}0*(\d{{1,5}})(?:{_BETWEEN}P{_BETWEEN}0*(\d{{1,4}}))?"
)


def number_meant(text: str) -> str | None:
    """The number of a case, or of a person in it, that `text` spells: `V-2018-0012` for "v 2018 12",
    "V20180012" and "v–2018–012"; `V-2018-0012-P3` for "v-2018-12 p3". None where it is none.

    What is typed from a letter or read out lacks noughts, blanks and hyphens: which of them does not matter.
    """
    spelled = _SPELLED.fullmatch(text.strip().upper())
    if spelled is None:
        return None
    region, year, serial, person = spelled.groups()
    case = f"{region}-{year}-{serial:0>4}"
    return f"{case}-P{person}" if person else case
