"""Compiles the translations: with msgfmt where gettext is installed, else with polib. None is committed.

python -m scripts.translations
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def compile_all(root: Path = ROOT) -> list[Path]:
    """Compiles each catalogue that is newer than its result, and returns it. Raises ValueError on a fault."""
    stale = [source for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")) if _is_stale(source)]
    for source in stale:
        result = source.with_suffix(".mo")
        made = source.with_suffix(f".mo.{os.getpid()}")  # renamed when whole: others may read or write
        (_with_msgfmt if shutil.which("msgfmt") else _with_polib)(source, made)
        made.replace(result)
    return stale


def _is_stale(source: Path) -> bool:
    result = source.with_suffix(".mo")
    return not result.exists() or result.stat().st_mtime < source.stat().st_mtime


def _with_msgfmt(source: Path, result: Path) -> None:
    done = subprocess.run(["msgfmt", "--check-format", "-o", result, source], capture_output=True, text=True)
    if done.returncode:
        raise ValueError(f"{source.name} has a fault: {done.stderr.strip()}")


def _with_polib(source: Path, result: Path) -> None:
    import polib

    try:
        catalogue = polib.pofile(str(source), check_for_duplicates=True)
    except (OSError, ValueError) as error:
        raise ValueError(f"{source.name} has a fault: {error}") from None
    catalogue.save_as_mofile(str(result))


if __name__ == "__main__":
    try:
        compile_all()
    except (ValueError, OSError) as error:
        sys.exit(str(error))
