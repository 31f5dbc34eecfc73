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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from html import unescape
from itertools import chain
from pathlib import Path
from typing import Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.templatetags.static import static
from django.urls import reverse
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
from home.models import Visit
from knowledge.shipped import line_with, ranked

FILES: Final = {"sv": "anvandarguide.md", "en": "user-guide.md"}
# Key, right and title of a part of the guide.
NAMED: Final = re.compile(r"^<!-- ([a-z-]+)(?: ([A-Z_]+))? -->\n#+ (.+)\n", re.MULTILINE)
LINKS: Final = {"glossary.md": "/help/#terms"}  # other files of the folder are not in the register: no link
# The pages with a form, by the section that stands beside it. The page of a call has it below: nothing may
# stand in the way while the telephone rings.
FORMS: Final = {
    "access": "cases:ask_access cases:grant",
    "approvals": "agencies:approvals",
    "differences": "legacy_import:difference legacy_import:differences",
    "duplicates": "cases:duplicate cases:duplicates",
    "ends": "cases:ending cases:remind",
    "export": "cases:export",
    "import": "cases:import",
    "mistakes": "cases:case_mistake cases:person_mistake",
    "notify": "cases:notify",
    "register": "cases:add_persons cases:new",
    "status": "cases:status",
    "taking-over": (
        "legacy_import:take_over legacy_import:take_over_compared legacy_import:take_over_questions "
        "legacy_import:take_over_result legacy_import:take_overs"
    ),
    "trail": "audit_pages:audit",
    "transfer": "cases:ask_transfer cases:transfer",
    "two-persons": "agencies:deputy",
    "year-end": "cases:year",
}
SECTION_OF_PAGE: Final = {page: section for section, pages in FORMS.items() for page in pages.split()}
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
    _before, *parts = NAMED.split(file.read_text(encoding="utf-8"))
    for key, may, title, text in zip(parts[::4], parts[1::4], parts[2::4], parts[3::4], strict=True):
        if may:
            found.append(Chapter(key, title, May[may], _html(text), ()))
        else:
            section = Section(key, title, _html(text))
            found[-1] = replace(found[-1], sections=(*found[-1].sections, section))
    return tuple(found)


def own_first(access: Access, language: str) -> list[tuple[Chapter, bool]]:
    """All chapters, each with whether it is for who asks: those first."""
    marked = [(chapter, access.may(chapter.may)) for chapter in chapters(language)]
    return sorted(marked, key=lambda one: not one[1])


def section_called(key: str, language: str) -> tuple[Chapter, Section] | None:
    sections = {part.key: (chapter, part) for chapter in chapters(language) for part in chapter.sections}
    return sections.get(key)


def _html(text: str) -> SafeString:
    """The file is the register's own; HTML in it stays text nevertheless."""
    reader = MarkdownIt("commonmark", {"html": False})
    tokens = reader.parse(text)
    for token in tokens:
        if token.children:
            token.children = list(_children(token.children))
    return mark_safe(reader.renderer.render(tokens, reader.options, {}))  # noqa: S308


def _children(tokens: list[Token]) -> Iterator[Token]:
    """With pictures from where they are served, and links only to what the register serves."""
    linked = True
    for token in tokens:
        if token.type == "image":
            _serve(token)
        elif token.type == "link_open":
            there = str(token.attrGet("href"))
            linked = there in LINKS or not there.endswith(".md")
            token.attrSet("href", LINKS.get(there, there))
        if linked or token.type not in {"link_open", "link_close"}:
            yield token


def _serve(picture: Token) -> None:
    """With its size, as the header of a PNG says it: the page does not move when the picture comes."""
    name = Path(str(picture.attrGet("src"))).name
    head = (settings.BASE_DIR / "docs" / "pictures" / name).read_bytes()[:24]
    picture.attrSet("src", static(f"guide/{name}"))
    picture.attrSet("width", str(int.from_bytes(head[16:20])))
    picture.attrSet("height", str(int.from_bytes(head[20:24])))
    picture.attrSet("loading", "lazy")


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
        return [Word(str(status.label), meaning(f"{STATUS}:{status.value}")) for status in Status]
    return [_word(one) for one in Code.objects.filter(list=name)]


def _word(code: Code) -> Word:
    days = f"{code.valid_from or ''}–{code.valid_to or ''}"
    return Word(code.label, meaning(code.key), days if days != "–" else "")


MAX_LENGTH: Final = 200  # characters of the line that is shown of a section


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
    found = []
    for place in ranked(looked_for, places, lambda place: (place.title, f"{place.where} {place.text}")):
        line = line_with(looked_for, place.text)
        text = line if len(line) <= MAX_LENGTH else line[:MAX_LENGTH] + "…"
        found.append(Hit(place.title, place.where, place.url, text))
    return found


def of_guide(language: str) -> Iterator[GuidePlace]:
    """The sections of all chapters, and what a chapter begins with."""
    for chapter in chapters(language):
        there = reverse("home:guide", args=[chapter.key])
        if text := _text(chapter.html):
            yield GuidePlace(chapter.title, "", there, text)
        for section in chapter.sections:
            yield GuidePlace(section.title, chapter.title, f"{there}#{section.key}", _text(section.html))


def _text(html: str) -> str:
    """A sentence of a paragraph may go over several lines of the file: here a paragraph is a line."""
    parts = html.replace("\n", " ").replace("</p>", "\n").replace("</li>", "\n")
    lines = (" ".join(line.split()) for line in unescape(strip_tags(parts)).splitlines())
    return "\n".join(line for line in lines if line)


def of_words() -> Iterator[GuidePlace]:
    """The words of the lists that forms choose from, with what each means. One query."""
    statuses = ((STATUS, str(status.label), f"{STATUS}:{status.value}") for status in Status)
    codes = ((code.list, code.label, code.key) for code in Code.objects.filter(list__in=LISTS))
    for name, label, key in chain(statuses, codes):
        yield GuidePlace(label, str(LISTS[name]), reverse("home:code_list", args=[name]), meaning(key))


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


def first_day(access: Access) -> list[ToDo]:
    """The steps for who asks, in their order; none for who is not new or has put them away. One query, none
    for who has been here for long."""
    if access.at - access.user.date_joined > NEW:
        return []
    facts = _facts(access)
    if facts["over"]:
        return []
    own = [step for step in STEPS if access.may(*step.rights)]
    return [ToDo(str(step.label), step.url(access), facts.get(step.fact, False)) for step in own]


def put_away(access: Access) -> None:
    _mark(access, "first_day_over")


def guide_read(access: Access, chapter: Chapter) -> None:
    """Noted once, and of the chapter that is the reader's own, while they are new."""
    if chapter == own_chapter(access) and access.at - access.user.date_joined <= NEW:
        _mark(access, "guide_read")


def own_chapter(access: Access) -> Chapter:
    """Of the role of who asks: not the one for everybody, where there is another."""
    own = [chapter for chapter in chapters(str(get_language())) if access.may(chapter.may)]
    return min(own, key=lambda chapter: chapter.may == May.VIEW_PUBLISHED)


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


def _to(name: str, *args: object, part: str = "") -> Callable[[Access], str]:
    return lambda _access: f"{reverse(name, args=args)}{part}"


EVERYBODY: Final = (May.VIEW_PUBLISHED,)
STEPS: Final = (
    FirstStep(EVERYBODY, _("Read the terms, and what secrecy requires of you"), _to("terms"), "terms"),
    FirstStep(EVERYBODY, _("Set up a second factor"), _to("mfa_index"), "factor"),
    FirstStep(EVERYBODY, _("Read the chapter of your role in the guide"),
        lambda access: reverse("home:guide", args=[own_chapter(access).key]), "guide"),
    FirstStep((May.COORDINATE,), _("See who stands in for you, and appoint a deputy"),
        _to("agencies:deputy"), "deputy"),
    FirstStep((May.LOG_CALL,), _("Look at the articles shown beside a call"), _to("knowledge:index")),
    FirstStep((May.NOTIFY,), _("See who coordinates your county"), _to("agencies:directory")),
    FirstStep((May.NOTIFY,), _("Check your agency's contact"), _to("agencies:own_agency")),
    FirstStep((May.VIEW_TOTALS,), _("Look at the newest year"), _to("summaries:start")),
    FirstStep((May.LET_IN, May.ADMINISTER), _("See what needs a second person"), _to("agencies:approvals")),
    FirstStep((May.VIEW_AUDIT_LOG,), _("Read today's events in the audit log"), _to("audit_pages:audit")),
    FirstStep(EVERYBODY, _("Learn the keyboard shortcuts: ? shows them"), _to("help", part="#keys")),
)  # fmt: skip
