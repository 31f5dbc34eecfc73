"""A reader of E-ARK information packages, written from the text of CSIP 2.1.0 and SIP 2.1.0 and from nothing
of ours: it names each rule with MUST that a package breaks, by its number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote
from xml.etree import ElementTree

METS: Final = "{http://www.loc.gov/METS/}"
CSIP: Final = "{https://DILCIS.eu/XML/METS/CSIPExtensionMETS}"
XLINK: Final = "{http://www.w3.org/1999/xlink}"
CATEGORIES: Final = {
    "Datasets",
    "Databases",
    "Collection",
    "Mixed",
    "Other",
}  # those of the vocabulary we may use
NAME: Final = re.compile(r"[A-Za-z_][\w.-]*\Z")  # an xml:id


def broken(folder: Path) -> list[str]:
    if not (folder / "METS.xml").is_file():
        return ["CSIPSTR4"]
    root = ElementTree.fromstring((folder / "METS.xml").read_bytes())
    faults = [*_root(root), *_header(root), *_sections(root), *_groups(root), *_map(root), *_ids(root)]
    return [*faults, *_files(root, folder)]


def _root(root: Any) -> Iterator[str]:
    yield from _asked(root.tag == f"{METS}mets", "CSIP1000")
    yield from _asked(root.get("OBJID"), "CSIP1")
    yield from _asked(root.get("TYPE") in CATEGORIES, "CSIP2")
    yield from _asked(root.get("PROFILE") == "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml", "SIP2")
    other = root.get(f"{CSIP}CONTENTINFORMATIONTYPE") != "OTHER" or root.get(
        f"{CSIP}OTHERCONTENTINFORMATIONTYPE"
    )
    yield from _asked(other, "CSIP5")


def _header(root: Any) -> Iterator[str]:
    headers = root.findall(f"{METS}metsHdr")
    yield from _asked(len(headers) == 1, "CSIP117")
    for header in headers:
        yield from _asked(_moment(header.get("CREATEDATE")), "CSIP7")
        yield from _asked(header.get(f"{CSIP}OAISPACKAGETYPE") == "SIP", "SIP4")
        yield from _agents(header.findall(f"{METS}agent"))


def _agents(agents: list[Any]) -> Iterator[str]:
    software = {"ROLE": "CREATOR", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"}
    tools = [agent for agent in agents if software.items() <= dict(agent.attrib).items()]
    yield from _asked(len(tools) == 1, "CSIP10")
    for tool in tools:
        notes = tool.findall(f"{METS}note")
        kinds = {note.get(f"{CSIP}NOTETYPE") for note in notes}
        yield from _asked(len(tool.findall(f"{METS}name")) == 1, "CSIP14")
        yield from _asked(len(notes) == 1 and notes[0].text, "CSIP15")
        yield from _asked(kinds == {"SOFTWARE VERSION"}, "CSIP16")
    kinds_of_senders = {("CREATOR", "ORGANIZATION"), ("CREATOR", "INDIVIDUAL")}
    senders = [agent for agent in agents if (agent.get("ROLE"), agent.get("TYPE")) in kinds_of_senders]
    yield from _asked(len(senders) == 1 and senders[0].findtext(f"{METS}name"), "SIP15")


def _sections(root: Any) -> Iterator[str]:
    found = [("CSIP18", "CSIP22", one) for one in root.findall(f"{METS}dmdSec")]
    found += [("CSIP33", "CSIP36", one) for one in root.findall(f"{METS}amdSec/{METS}digiprovMD")]
    yield from _asked(len(root.findall(f"{METS}amdSec")) <= 1, "CSIP31")
    for rule, of_reference, section in found:
        yield from _asked(section.get("ID") and _moment(section.get("CREATED")), rule)
        for reference in section.findall(f"{METS}mdRef"):
            good = _located(reference) and _described(reference) and reference.get("MDTYPE")
            yield from _asked(good, of_reference)


def _groups(root: Any) -> Iterator[str]:
    section = root.find(f"{METS}fileSec")
    yield from _asked(section is not None and section.get("ID"), "CSIP59")
    groups = section.findall(f"{METS}fileGrp")
    uses = [group.get("USE") or "" for group in groups]
    yield from _asked("Documentation" in uses, "CSIP60")
    yield from _asked("Schemas" in uses, "CSIP113")
    yield from _asked(any(use.startswith("Representations") for use in uses), "CSIP114")
    for group in groups:
        yield from _asked(group.get("USE") and group.get("ID"), "CSIP64")
        files = group.findall(f"{METS}file")
        yield from _asked(files, "CSIP66")
        for file in files:
            places = file.findall(f"{METS}FLocat")
            yield from _asked(file.get("ID") and _described(file), "CSIP67")
            yield from _asked(len(places) == 1 and _located(places[0]), "CSIP76")


def _map(root: Any) -> Iterator[str]:
    maps = [one for one in root.findall(f"{METS}structMap") if one.get("LABEL") == "CSIP"]
    yield from _asked(len(maps) == 1 and maps[0].get("TYPE") == "PHYSICAL" and maps[0].get("ID"), "CSIP80")
    tops = maps[0].findall(f"{METS}div")
    yield from _asked(len(tops) == 1 and tops[0].get("ID"), "CSIP84")
    yield from _asked(tops[0].get("LABEL") == root.get("OBJID"), "CSIP86")
    yield from _divisions(root, {one.get("LABEL"): one for one in tops[0].findall(f"{METS}div")})


def _divisions(root: Any, divisions: dict[str | None, Any]) -> Iterator[str]:
    yield from _asked("Metadata" in divisions and divisions["Metadata"].get("ID"), "CSIP88")
    pointed = {p.get("FILEID") for division in divisions.values() for p in division.findall(f"{METS}fptr")}
    groups = {one.get("ID") for one in root.iter(f"{METS}fileGrp")}
    yield from _asked(pointed == groups, "CSIP104")
    described = {one.get("ID") for one in [*root.iter(f"{METS}dmdSec"), *root.iter(f"{METS}digiprovMD")]}
    named = f"{divisions['Metadata'].get('DMDID')} {divisions['Metadata'].get('ADMID')}".split()
    yield from _asked(set(named) == described, "CSIP91")


def _ids(root: Any) -> Iterator[str]:
    ids = [one.get("ID") for one in root.iter() if one.get("ID")]
    yield from _asked(len(ids) == len(set(ids)), "an ID twice")
    yield from _asked(all(NAME.match(one) for one in ids), "an ID that is none")


def _files(root: Any, folder: Path) -> Iterator[str]:
    """Each file that is named is there as it is described, and each that is there is named, once."""
    named: list[str] = []
    for one in [*root.iter(f"{METS}mdRef"), *root.iter(f"{METS}file")]:
        place = one if one.tag == f"{METS}mdRef" else one.find(f"{METS}FLocat")
        path = unquote(place.get(f"{XLINK}href"))
        named.append(path)
        if not (folder / path).resolve().is_relative_to(folder.resolve()) or not (folder / path).is_file():
            yield f"{path} is not there"
            continue
        data = (folder / path).read_bytes()
        yield from _asked(int(one.get("SIZE")) == len(data), f"size of {path}")
        yield from _asked(one.get("CHECKSUM") == sha256(data).hexdigest(), f"checksum of {path}")
    yield from _asked(len(named) == len(set(named)), "a file is named twice")
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"METS.xml"}
    yield from (f"{path} is not named" for path in sorted(there - set(named)))


def _described(one: Any) -> bool:
    known = one.get("CHECKSUMTYPE") == "SHA-256" and re.fullmatch(r"[0-9a-f]{64}", one.get("CHECKSUM") or "")
    return bool(
        known and one.get("MIMETYPE") and (one.get("SIZE") or "").isdigit() and _moment(one.get("CREATED"))
    )


def _located(one: Any) -> bool:
    return (
        one.get("LOCTYPE") == "URL" and one.get(f"{XLINK}type") == "simple" and bool(one.get(f"{XLINK}href"))
    )


def _moment(text: str | None) -> bool:
    try:
        return datetime.fromisoformat(text or "").tzinfo is not None
    except ValueError:
        return False


def _asked(holds: Any, rule: str) -> Iterator[str]:
    if not holds:
        yield rule
