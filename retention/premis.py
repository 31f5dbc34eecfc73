"""What has befallen the figures of a year and each file of its package, as PREMIS 3.0 tells it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from retention.mets import About, PackedFile, xml_bytes

SPACE: Final = "http://www.loc.gov/premis/v3"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
LOCAL: Final = "local"


@dataclass(frozen=True, slots=True)
class Happening:
    """`kind` of PREMIS's list of events; `about`: the files that it made, by path; none of all."""

    ident: str
    kind: str
    at: str
    detail: str
    outcome: str = ""
    about: tuple[str, ...] = ()


def premis_bytes(about: About, files: Sequence[PackedFile], happened: Sequence[Happening]) -> bytes:
    root = Element(_name("premis"), {"version": "3.0"})
    root.set(f"{{{XSI}}}schemaLocation", f"{SPACE} https://www.loc.gov/standards/premis/v3/premis.xsd")
    for file in files:
        _object(root, file)
    for one in happened:
        _event(root, one, about)
    _agent(root, about.software, "software", about.version)
    _agent(root, about.creator, "organization")
    return xml_bytes(root)


def _object(root: Element, file: PackedFile) -> None:
    found = _add(root, "object")
    found.set(f"{{{XSI}}}type", "premis:file")
    _identify(found, "objectIdentifier", file.path)
    facts = _add(found, "objectCharacteristics")
    fixity = _add(facts, "fixity")
    _add(fixity, "messageDigestAlgorithm", "SHA-256")
    _add(fixity, "messageDigest", file.sha256)
    _add(facts, "size", str(file.size))
    _add(_add(_add(facts, "format"), "formatDesignation"), "formatName", file.mime)


def _event(root: Element, one: Happening, about: About) -> None:
    event = _add(root, "event")
    _identify(event, "eventIdentifier", one.ident)
    _add(event, "eventType", one.kind)
    _add(event, "eventDateTime", one.at)
    _add(_add(event, "eventDetailInformation"), "eventDetail", one.detail)
    if one.outcome:
        _add(_add(event, "eventOutcomeInformation"), "eventOutcome", one.outcome)
    for name in (about.software, about.creator):
        _identify(event, "linkingAgentIdentifier", name)
    for path in one.about:
        _identify(event, "linkingObjectIdentifier", path)


def _agent(root: Element, name: str, kind: str, version: str = "") -> None:
    agent = _add(root, "agent")
    _identify(agent, "agentIdentifier", name)
    _add(agent, "agentName", name)
    _add(agent, "agentType", kind)
    if version:
        _add(agent, "agentVersion", version)


def _identify(under: Element, name: str, value: str) -> None:
    found = _add(under, name)
    _add(found, f"{name}Type", LOCAL)
    _add(found, f"{name}Value", value)


def _add(under: Element, name: str, text: str = "") -> Element:
    found = SubElement(under, _name(name))
    found.text = text or None
    return found


def _name(name: str) -> str:
    return f"{{{SPACE}}}{name}"


ElementTree.register_namespace("premis", SPACE)
