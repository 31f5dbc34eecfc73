"""deploy/container/compose.yaml as an engine reads it, with the name of the host that somebody gave."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
CONTAINER: Final = ROOT / "deploy" / "container"
HOST: Final = "register.example"
# Those that run the image of the register.
REGISTERS: Final = ("setup", "web", "worker", "timers")


def composed() -> dict[str, Any]:
    """Its variables are REGISTER_HOST alone: whoever has said nothing else has said all."""
    text = (CONTAINER / "compose.yaml").read_text()
    shown_text = re.sub(r"\$\{REGISTER_HOST(:\?[^}]*)?\}", HOST, text)
    assert "$" not in shown_text, "another variable"
    found: dict[str, Any] = yaml.safe_load(shown_text)
    return found


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = composed()["services"][name]
    return found


def secret_files() -> dict[str, Path]:
    """Each secret with the file that it is, beside compose.yaml."""
    return {name: Path(said["file"]) for name, said in composed()["secrets"].items()}
