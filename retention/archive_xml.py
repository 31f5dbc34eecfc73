"""METS.xml and PREMIS of a package: its files by name, size and digest, and what has befallen each; and its
description as Dublin Core. Pure.

By the rules of CSIP 2.1.0 and SIP 2.1.0, whose numbers stand beside what answers them, and PREMIS 3.0: a
reader of the standard finds where each is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

SPACES: Final = {
    "mets": "http://www.loc.gov/METS/",
    "csip": "https://DILCIS.eu/XML/METS/CSIPExtensionMETS",
    "xlink": "http://www.w3.org/1999/xlink",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "premis": "http://www.loc.gov/premis/v3",
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
SCHEMAS: Final = (
    "http://www.loc.gov/METS/ http://www.loc.gov/standards/mets/mets.xsd "
    "https://DILCIS.eu/XML/METS/CSIPExtensionMETS "
    "https://earkcsip.dilcis.eu/schema/DILCISExtensionMETS.xsd"
)
PROFILE: Final = "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"  # SIP2
CONTENT: Final = "One year of a statistical register: rows as CSV, published versions"
# Folder → USE of its group of files and LABEL of its division.
GROUPS: Final = {
    "documentation/": "Documentation",
    "schemas/": "Schemas",
    "representations/rep1/": "Representations/rep1",
}
DESCRIPTIVE: Final = "metadata/descriptive/dc.xml"
PRESERVATION: Final = "metadata/preservation/premis.xml"


@dataclass(frozen=True, slots=True)
class PackedFile:
    path: str  # in the package, with slashes
    size: int
    sha256: str
    mime: str


@dataclass(frozen=True, slots=True)
class About:
    """`at`: the beginning of the day on which the package is made, as an xsd:dateTime."""

    ident: str
    label: str
    at: str
    creator: str
    software: str
    version: str


def mets_bytes(about: About, files: Sequence[PackedFile]) -> bytes:
    root = Element(
        _name("mets:mets"),
        {
            "OBJID": about.ident,  # CSIP1
            "LABEL": about.label,
            "TYPE": "Mixed",  # CSIP2
            "PROFILE": PROFILE,  # CSIP6
            _name("csip:CONTENTINFORMATIONTYPE"): "OTHER",  # CSIP4
            _name("csip:OTHERCONTENTINFORMATIONTYPE"): CONTENT,  # CSIP5
            _name("xsi:schemaLocation"): SCHEMAS,
        },
    )
    by_path = {file.path: file for file in files}
    _header(root, about)
    _section(root, "mets:dmdSec", "dmd-1", "DC", by_path[DESCRIPTIVE], about)
    administrative = _add(root, "mets:amdSec", ID="amd-1")
    _section(administrative, "mets:digiprovMD", "digiprov-1", "PREMIS", by_path[PRESERVATION], about)
    _files(root, about, files)
    _map(root, about, files)
    return xml_bytes(root)


def xml_bytes(root: Element) -> bytes:
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _header(root: Element, about: About) -> None:
    header = _add(root, "mets:metsHdr", CREATEDATE=about.at, RECORDSTATUS="NEW")  # CSIP7, SIP3
    header.set(_name("csip:OAISPACKAGETYPE"), "SIP")  # CSIP9, SIP4
    software = _agent(header, "CREATOR", "OTHER", about.software)  # CSIP10 to 14
    software.set("OTHERTYPE", "SOFTWARE")
    note = _add(software, "mets:note", about.version)  # CSIP15
    note.set(_name("csip:NOTETYPE"), "SOFTWARE VERSION")  # CSIP16
    _agent(header, "ARCHIVIST", "ORGANIZATION", about.creator)  # SIP9 to 12
    _agent(header, "CREATOR", "ORGANIZATION", about.creator)  # SIP15 to 18


def _agent(header: Element, role: str, kind: str, name: str) -> Element:
    agent = _add(header, "mets:agent", ROLE=role, TYPE=kind)
    _add(agent, "mets:name", name)
    return agent


def _section(under: Element, name: str, ident: str, kind: str, file: PackedFile, about: About) -> None:
    """CSIP18 to 30 and 33 to 44: what describes the package stands in a file of its own."""
    section = _add(under, name, ID=ident, CREATED=about.at, STATUS="CURRENT")
    reference = _add(section, "mets:mdRef", MDTYPE=kind, **_of(file, about))
    _locate(reference, file)


def _files(root: Element, about: About, files: Sequence[PackedFile]) -> None:
    """CSIP58 to 79 and 113, 114: every file but METS.xml itself and what the sections name."""
    section = _add(root, "mets:fileSec", ID="filesec-1")
    for folder, use in GROUPS.items():
        group = _add(section, "mets:fileGrp", ID=_group(folder), USE=use)
        group.set(_name("csip:CONTENTINFORMATIONTYPE"), "OTHER")  # CSIP62
        group.set(_name("csip:OTHERCONTENTINFORMATIONTYPE"), CONTENT)  # CSIP63
        inside = [packed_file for packed_file in files if packed_file.path.startswith(folder)]
        for number, file in enumerate(inside, 1):
            entry = _add(group, "mets:file", ID=f"{_group(folder)}-{number}", **_of(file, about))
            _locate(_add(entry, "mets:FLocat"), file)


def _map(root: Element, about: About, files: Sequence[PackedFile]) -> None:
    """CSIP80 to 119: the four divisions of the package."""
    top = _add(root, "mets:structMap", ID="map-1", TYPE="PHYSICAL", LABEL="CSIP")
    package = _add(top, "mets:div", ID="map-package", LABEL=about.ident)
    _add(package, "mets:div", ID="map-metadata", LABEL="Metadata", DMDID="dmd-1", ADMID="digiprov-1")
    for folder, use in GROUPS.items():
        label = use.partition("/")[0]
        division = _add(package, "mets:div", ID=f"map-{label.lower()}", LABEL=label)
        _add(division, "mets:fptr", FILEID=_group(folder))


def _of(file: PackedFile, about: About) -> Mapping[str, str]:
    return {
        "MIMETYPE": file.mime,
        "SIZE": str(file.size),
        "CREATED": about.at,
        "CHECKSUM": file.sha256,
        "CHECKSUMTYPE": "SHA-256",
    }


def _locate(element: Element, file: PackedFile) -> None:
    element.set("LOCTYPE", "URL")
    element.set(_name("xlink:type"), "simple")
    element.set(_name("xlink:href"), file.path)


def _group(folder: str) -> str:
    return f"group-{folder.partition('/')[0]}"


def _add(under: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    """Return a new element by its name with its prefix, such as `dc:title`."""
    element = SubElement(under, _name(name), attributes)
    element.text = text or None
    return element


def _name(name: str) -> str:
    prefix, _colon, local = name.partition(":")
    return f"{{{SPACES[prefix]}}}{local}"


for _prefix, _space in SPACES.items():
    ElementTree.register_namespace(_prefix, _space)


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
    root = Element(_name("premis:premis"), {"version": "3.0"})
    schema = f"{SPACES['premis']} https://www.loc.gov/standards/premis/v3/premis.xsd"
    root.set(_name("xsi:schemaLocation"), schema)
    for file in files:
        _object(root, file)
    for event in happened:
        _event(root, event, about)
    _premis_agent(root, about.software, "software", about.version)
    _premis_agent(root, about.creator, "organization")
    return xml_bytes(root)


def _object(root: Element, file: PackedFile) -> None:
    element = _add(root, "premis:object")
    element.set(_name("xsi:type"), "premis:file")
    _identify(element, "objectIdentifier", file.path)
    facts = _add(element, "premis:objectCharacteristics")
    fixity = _add(facts, "premis:fixity")
    _add(fixity, "premis:messageDigestAlgorithm", "SHA-256")
    _add(fixity, "premis:messageDigest", file.sha256)
    _add(facts, "premis:size", str(file.size))
    designation = _add(_add(facts, "premis:format"), "premis:formatDesignation")
    _add(designation, "premis:formatName", file.mime)


def _event(root: Element, one: Happening, about: About) -> None:
    event = _add(root, "premis:event")
    _identify(event, "eventIdentifier", one.ident)
    _add(event, "premis:eventType", one.kind)
    _add(event, "premis:eventDateTime", one.at)
    _add(_add(event, "premis:eventDetailInformation"), "premis:eventDetail", one.detail)
    if one.outcome:
        _add(_add(event, "premis:eventOutcomeInformation"), "premis:eventOutcome", one.outcome)
    for name in (about.software, about.creator):
        _identify(event, "linkingAgentIdentifier", name)
    for path in one.about:
        _identify(event, "linkingObjectIdentifier", path)


def _premis_agent(root: Element, name: str, kind: str, version: str = "") -> None:
    agent = _add(root, "premis:agent")
    _identify(agent, "agentIdentifier", name)
    _add(agent, "premis:agentName", name)
    _add(agent, "premis:agentType", kind)
    if version:
        _add(agent, "premis:agentVersion", version)


def _identify(under: Element, name: str, value: str) -> None:
    element = _add(under, f"premis:{name}")
    _add(element, f"premis:{name}Type", "local")
    _add(element, f"premis:{name}Value", value)


def dublin_core(about: About, year: int) -> bytes:
    elements = [
        ("title", about.label),
        ("creator", about.creator),
        ("subject", "human trafficking; människohandel"),
        ("description", "Rows and published statistics of one year of the NMT register"),
        ("publisher", about.creator),
        ("date", about.at[:10]),
        ("type", "Dataset"),
        ("identifier", about.ident),
        ("language", "sv"),
        ("language", "en"),
        ("coverage", f"SE {year}"),
        ("rights", "Offentlighets- och sekretesslag (2009:400)"),
    ]
    root = Element(_name("oai_dc:dc"))
    for name, text in elements:
        _add(root, f"dc:{name}", text)
    return xml_bytes(root)
