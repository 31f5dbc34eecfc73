"""The user's guide as the register serves it: chapters by role, in them sections that forms lead to, made
from the file that is shipped in each language.

A comment before a heading names it: `<!-- operator LOG_CALL -->` a chapter with the right of those it is for,
`<!-- call -->` a section.

The lists of words that forms choose from, each word with what it means: shown at *Help*.

What the guide and the lists of words say of what somebody looks for, in the reader's language.

What to do on the first day: a card on *My page* for whoever is new, until it is put away. What is known to
be done is ticked; of the rest the register says nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from html import unescape
from pathlib import Path
from typing import Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy as _, pgettext_lazy
from markdown_it import MarkdownIt
from markdown_it.token import Token

from accounts.access import Access
from accounts.roles import May
from agencies.code_words import meanings
from agencies.models import Code, Coordinator, localised
from cases.choices import Status
from home.boxes import address
from home.models import Visit
from knowledge.shipped import line_with, ranked

FILES: Final = {"sv": "anvandarguide.md", "en": "user-guide.md"}
NAMED: Final = re.compile(
    r"^<!-- (?P<key>[a-z-]+)(?: (?P<may>[A-Z_]+))? -->\n#+ (?P<title>.+)\n", re.MULTILINE
)
SERVED: Final = {"glossary.md": "/help/#terms"}  # other files of the folder are not in the register: no link
# The section beside the form of a page, by the page's name. The page of a call has it below: nothing may
# stand in the way while the telephone rings.
BESIDE: Final = {
    "agencies:approvals": "approvals",
    "agencies:deputy": "two-persons",
    "cases:add_persons": "register",
    "cases:ask_access": "access",
    "cases:ask_transfer": "transfer",
    "cases:case_mistake": "mistakes",
    "cases:duplicate": "duplicates",
    "cases:duplicates": "duplicates",
    "cases:ending": "ends",
    "cases:export": "export",
    "cases:grant": "access",
    "cases:import": "import",
    "cases:new": "register",
    "cases:notify": "notify",
    "cases:person_mistake": "mistakes",
    "cases:remind": "ends",
    "cases:status": "status",
    "cases:transfer": "transfer",
    "cases:year": "year-end",
    "legacy_import:difference": "differences",
    "legacy_import:differences": "differences",
    "legacy_import:take_over": "taking-over",
    "legacy_import:take_over_compared": "taking-over",
    "legacy_import:take_over_questions": "taking-over",
    "legacy_import:take_over_result": "taking-over",
    "legacy_import:take_overs": "taking-over",
    "audit_pages:audit": "trail",
}
BELOW: Final = {"calls:edit": "call", "calls:new": "call"}


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Chapter:
    key: str
    title: str
    may: May
    html: SafeString  # what stands before the first section
    sections: tuple[Section, ...]


@cache
def chapters(language: str) -> tuple[Chapter, ...]:
    """Of the guide in `language`; Swedish, where there is none."""
    file = settings.BASE_DIR / "docs" / FILES.get(language[:2], FILES["sv"])
    found: list[Chapter] = []
    for key, may, title, text in _parts(file.read_text(encoding="utf-8")):
        if may:
            found.append(Chapter(key, title, May[may], _html(text), ()))
        else:
            last = found.pop()
            sections = (*last.sections, Section(key, title, _html(text)))
            found.append(Chapter(last.key, last.title, last.may, last.html, sections))
    return tuple(found)


def own_first(access: Access, language: str) -> list[tuple[Chapter, bool]]:
    """All chapters, each with whether it is for who asks: those first."""
    marked = [(chapter, access.may(chapter.may)) for chapter in chapters(language)]
    return sorted(marked, key=lambda one: not one[1])


def section_called(key: str, language: str) -> tuple[Chapter, Section] | None:
    for chapter in chapters(language):
        for section in chapter.sections:
            if section.key == key:
                return chapter, section
    return None


def _parts(text: str) -> Iterator[tuple[str, str, str, str]]:
    """Key, right, title and text of each part that is named."""
    heads = list(NAMED.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for head, end in zip(heads, ends, strict=True):
        yield head["key"], head["may"] or "", head["title"], text[head.end() : end]


def _html(text: str) -> SafeString:
    """The file is the register's own; HTML in it stays text nevertheless."""
    reader = MarkdownIt("commonmark", {"html": False})
    tokens = reader.parse(text)
    for token in tokens:
        token.children = list(_children(token.children or [])) if token.children else token.children
    return mark_safe(reader.renderer.render(tokens, reader.options, {}))  # noqa: S308


def _children(tokens: list[Token]) -> Iterator[Token]:
    """With pictures from where they are served, and links only to what the register serves."""
    linked = True
    for token in tokens:
        if token.type == "image":
            _serve(token)
        elif token.type == "link_open":
            there = str(token.attrGet("href"))
            linked = there in SERVED or not there.endswith(".md")
            token.attrSet("href", SERVED.get(there, there))
        if linked or token.type not in {"link_open", "link_close"}:
            yield token


def _serve(picture: Token) -> None:
    name = Path(str(picture.attrGet("src"))).name
    width, height = _size(settings.BASE_DIR / "docs" / "pictures" / name)
    picture.attrSet("src", static(f"guide/{name}"))
    for name, value in (("width", width), ("height", height)):
        picture.attrSet(name, str(value))
    picture.attrSet("loading", "lazy")


def _size(file: Path) -> tuple[int, int]:
    """As the header of a PNG says it, so that the page does not move when the picture comes."""
    head = file.read_bytes()[:24]
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


STATUSES: Final = Path(__file__).with_name("statuses.csv")
STATUS: Final = "status"
# Those whose words are explained; the administrator adds words of their own, which have no explanation.
LISTS: Final[Mapping[str, object]] = {
    STATUS: pgettext_lazy("list of words", "Status of a person"),
    "purpose": pgettext_lazy("list of words", "Purposes"),
    "offence": pgettext_lazy("list of words", "Offences"),
    "act": pgettext_lazy("list of words", "Acts"),
    "means": pgettext_lazy("list of words", "Improper means"),
    "control": pgettext_lazy("list of words", "Methods of control"),
    "measure": pgettext_lazy("list of words", "Measures"),
}


@dataclass(frozen=True, slots=True)
class Word:
    label: str
    meaning: str
    days: str = ""  # outside which it gives a warning


@cache
def _meanings() -> Mapping[str, tuple[str, str]]:
    with STATUSES.open(encoding="utf-8", newline="") as file:
        statuses = {row["key"]: (row["sv"], row["en"]) for row in csv.DictReader(file)}
    return {**statuses, **meanings()}


def meaning(key: str) -> str:
    """Of a word by its key, in the reader's language; empty where none is written."""
    return localised(*_meanings().get(key, ("", "")))


def words_of(name: str) -> list[Word]:
    """Of a list of `LISTS`, in its order; those that have ended too, since older rows have them."""
    if name == STATUS:
        return [Word(str(one.label), meaning(f"{STATUS}:{one.value}")) for one in Status]
    return [Word(code.label, meaning(code.key), _days(code)) for code in Code.objects.filter(list=name)]


def _days(code: Code) -> str:
    if not (code.valid_from or code.valid_to):
        return ""
    return f"{code.valid_from or ''}–{code.valid_to or ''}"


LONGEST: Final = 200  # characters of the line that is shown of a section


@dataclass(frozen=True, slots=True)
class GuidePlace:
    """Where something is said: `where` names the chapter or the list, `text` is all that stands there."""

    title: str
    where: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    where: str
    url: str
    said: str


def hits(looked_for: str, places: Iterable[GuidePlace]) -> list[Hit]:
    """The places that hold every word, as `ranked` orders them."""
    said = ranked(looked_for, places, lambda place: (place.title, f"{place.where} {place.text}"))
    return [_hit(looked_for, place) for place in said]


def _hit(looked_for: str, place: GuidePlace) -> Hit:
    said = line_with(looked_for, place.text)
    return Hit(place.title, place.where, place.url, said[:LONGEST] + "…" if len(said) > LONGEST else said)


def of_guide(language: str) -> Iterator[GuidePlace]:
    """The sections of all chapters, and what a chapter begins with."""
    for chapter in chapters(language):
        there = address("home:guide", chapter.key)
        if text := _text(chapter.html):
            yield GuidePlace(chapter.title, "", there, text)
        for section in chapter.sections:
            yield GuidePlace(section.title, chapter.title, f"{there}#{section.key}", _text(section.html))


def _text(html: str) -> str:
    """A sentence of a paragraph may go over several lines of the file: here a paragraph is a line."""
    parts = html.replace("\n", " ").replace("</p>", "\n").replace("</li>", "\n")
    return "\n".join(
        " ".join(line.split()) for line in unescape(strip_tags(parts)).splitlines() if line.strip()
    )


def of_words() -> Iterator[GuidePlace]:
    """The words of the lists that forms choose from, with what each means. One query."""
    for status in Status:
        text = meaning(f"{STATUS}:{status.value}")
        yield GuidePlace(str(status.label), str(LISTS[STATUS]), address("home:code_list", STATUS), text)
    for code in Code.objects.filter(list__in=LISTS):
        there = address("home:code_list", code.list)
        yield GuidePlace(code.label, str(LISTS[code.list]), there, meaning(code.key))


NEW: Final = timedelta(days=30)  # since the account was made


@dataclass(frozen=True, slots=True)
class FirstStep:
    """`fact` names what is known of it, empty where nothing can be."""

    rights: tuple[May, ...]
    label: str | Promise
    url: Callable[[Access], str]
    fact: str = ""


@dataclass(frozen=True, slots=True)
class ToDo:
    label: str
    url: str
    done: bool
    known: bool  # whether it can be known at all


def first_day(access: Access) -> Sequence[ToDo]:
    """The steps for who asks, in their order; none for who is not new or has put them away. One query, none
    for who has been here for long."""
    if access.at - access.user.date_joined > NEW:
        return ()
    facts = _facts(access)
    return () if facts["over"] else list(_steps(access, facts))


def put_away(access: Access) -> None:
    _mark(access, "first_day_over")


def guide_read(access: Access, chapter: Chapter) -> None:
    """Noted once, and of the chapter that is the reader's own, while they are new."""
    if chapter == own_chapter(access) and access.at - access.user.date_joined <= NEW:
        _mark(access, "guide_read")


def own_chapter(access: Access) -> Chapter:
    """Of the role of who asks: not the one for everybody, where there is another."""
    own = [chapter for chapter, own in own_first(access, get_language() or "sv") if own]
    return next((chapter for chapter in own if chapter.may != May.VIEW_PUBLISHED), own[0])


def _mark(access: Access, name: str) -> None:
    Visit.objects.update_or_create(
        user=access.user, defaults={name: access.at}, create_defaults={name: access.at, "seen": access.at}
    )


def _facts(access: Access) -> dict[str, bool]:
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    factors = Authenticator.objects.filter(user=OuterRef("user"), type__in=kinds)
    to_come = Q(valid_to__isnull=True) | Q(valid_to__gte=access.today)
    deputies = Coordinator.objects.filter(to_come, kind="deputy", region__in=access.regions)
    rows = Visit.objects.filter(user=access.user).values_list(
        "first_day_over", "guide_read", Exists(factors), Exists(deputies)
    )
    over, guide, factor, deputy = rows.first() or (None, None, False, False)
    return {
        "over": over is not None,
        "guide": guide is not None,
        "factor": factor,
        "deputy": deputy,
        "terms": bool(settings.TERMS_VERSION),  # nobody comes here before they are accepted
    }


def _steps(access: Access, facts: dict[str, bool]) -> Iterator[ToDo]:
    for step in STEPS:
        if not step.rights or access.may(*step.rights):
            done = facts.get(step.fact, False)
            yield ToDo(str(step.label), step.url(access), done, bool(step.fact))


def _to(name: str, *args: object, part: str = "") -> Callable[[Access], str]:
    return lambda _access: f"{address(name, *args)}{part}"


def _own_chapter(access: Access) -> str:
    return address("home:guide", own_chapter(access).key)


STEPS: Final = (
    FirstStep((), _("Read the terms and what secrecy asks of you"), _to("terms"), "terms"),
    FirstStep((), _("Set up a second step for signing in"), _to("mfa_index"), "factor"),
    FirstStep((), _("Read the chapter of your role in the guide"), _own_chapter, "guide"),
    FirstStep((May.COORDINATE,), _("See who stands in for you, and appoint a deputy"),
        _to("agencies:deputy"), "deputy"),
    FirstStep((May.LOG_CALL,), _("Look at the articles that stand beside a call"), _to("knowledge:index")),
    FirstStep((May.NOTIFY,), _("See who coordinates your county"), _to("agencies:directory")),
    FirstStep((May.NOTIFY,), _("Check your agency's contact"), _to("agencies:own_agency")),
    FirstStep((May.VIEW_TOTALS,), _("Look at the newest year"), _to("summaries:start")),
    FirstStep((May.LET_IN, May.ADMINISTER), _("See which questions two persons answer"),
        _to("agencies:approvals")),
    FirstStep((May.VIEW_TRAIL,), _("Read in the audit trail what was done today"), _to("audit_pages:audit")),
    FirstStep((), _("Learn the keys: ? shows them on every page"), _to("help", part="#keys")),
)  # fmt: skip
