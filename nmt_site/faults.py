"""How many faults there were on this machine within an hour.

A file has a line for each, with its second. A database may be what is at fault, and several processes serve.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings

HOUR: Final = 3600
LARGEST: Final = 1_000_000  # bytes: some 90,000 lines


def count_fault() -> None:
    """One more. A disk that cannot be written to is told of elsewhere."""
    now = time.time()
    file = _file()
    with suppress(OSError):
        is_old = file.exists() and (now - file.stat().st_mtime > HOUR or file.stat().st_size > LARGEST)
        with file.open("w" if is_old else "a") as lines:
            lines.write(f"{int(now)}\n")


def faults_of_the_last_hour() -> int:
    since = time.time() - HOUR
    try:
        lines = _file().read_text().split()
    except OSError:
        return 0
    return sum(int(line) > since for line in lines)


def _file() -> Path:
    return Path(settings.STATE_DIR) / "faults"
