"""The blocks of commands and settings of docs/administrator.md, as they stand there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
GUIDE: Final = ROOT / "docs" / "administrator.md"
BLOCK: Final = re.compile(r"(?:^ {4}\S.*\n(?:\n(?= {4}\S))?)+", re.MULTILINE)


def blocks() -> list[str]:
    found = BLOCK.findall(GUIDE.read_text())
    return ["\n".join(line[4:].rstrip() for line in block.strip("\n").split("\n")) for block in found]


def block(begins: str) -> str:
    """The only one that begins so."""
    (found,) = [one for one in blocks() if one.startswith(begins)]
    return found
