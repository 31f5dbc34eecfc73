"""Who takes part is known to everybody who is signed in: no wall stands here."""

from __future__ import annotations

from typing import Final

DIRECTORY: Final = "the directory and the network are for everybody who is signed in"
OPEN: Final[dict[str, str]] = {
    "agencies_countyregion": DIRECTORY,
    "agencies_historicalcountyregion": DIRECTORY,
    "agencies_coordinator": DIRECTORY,
    "agencies_historicalcoordinator": DIRECTORY,
}
