"""Writes what a release is made of as CycloneDX 1.6 (JSON): each package that is pinned for running it, with
its licence as the installed package says it.

    python -m scripts.sbom [FILE]

The same pins, installed, give the same bytes. There are no hashes of the packages' files: the pins have none.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import uuid
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
NAMED: Final = uuid.UUID(
    "6f0b51f4-6f4e-5a0e-9d0b-0c5f2b7c9d11"
)  # under which the bills of this product are numbered
PIN: Final = re.compile(r"^(?P<name>[a-z0-9-]+)(\[[a-z,]+\])?==(?P<version>[0-9a-z.]+)( ; (?P<where>.+))?$")


def bill(pins: str, project: dict[str, Any]) -> dict[str, Any]:
    """What is told of the release `project` with `pins`."""
    product = {
        "type": "application",
        "bom-ref": project["name"],
        "name": project["name"],
        "version": project["version"],
        "description": project["description"],
        "licenses": [{"license": {"id": project["license"]}}],
    }
    parts = [component(found) for line in pins.splitlines() if (found := PIN.match(line))]
    refs = [part["bom-ref"] for part in parts]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMED, project['version'] + pins)}",
        "version": 1,
        "metadata": {"component": product},
        "components": parts,
        "dependencies": [{"ref": project["name"], "dependsOn": refs}, *({"ref": ref} for ref in refs)],
    }


def component(pin: re.Match[str]) -> dict[str, Any]:
    purl = f"pkg:pypi/{pin['name']}@{pin['version']}"
    part: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": pin["name"],
        "version": pin["version"],
    }
    part["purl"] = purl
    if licence := licence_of(pin["name"], pin["version"]):
        part["licenses"] = [{"license": {"name": licence}}]
    if pin["where"]:
        part["properties"] = [{"name": "nmt-register:installed-where", "value": pin["where"]}]
    return part


def licence_of(name: str, pinned: str) -> str:
    """In the package's own words; empty where this very version is not installed here."""
    try:
        if version(name) != pinned:
            return ""
    except PackageNotFoundError:
        return ""
    told = metadata(name)
    classes = [
        one.rpartition(" :: ")[2] for one in told.get_all("Classifier", []) if one.startswith("License ::")
    ]
    plain = (told.get("License") or "").strip()
    return told.get("License-Expression") or "; ".join(classes) or (plain if "\n" not in plain else "")


def main(target: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    metadata_of = bill((ROOT / "requirements.txt").read_text(), project)
    target.write_text(json.dumps(metadata_of, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(metadata_of['components'])} packages in {target}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "sbom.cdx.json")
