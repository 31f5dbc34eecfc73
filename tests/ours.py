"""The register's own apps, the lowest first, as the layers of pyproject.toml have them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent


def _layers() -> list[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers: list[str] = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return layers


LIBRARIES: Final = "libs"  # no Django: what stands there is of no app
APPS: Final = tuple(
    app.strip() for layer in reversed(_layers()) for app in layer.split("|") if app != LIBRARIES
)
CODE: Final = (*APPS, LIBRARIES)
