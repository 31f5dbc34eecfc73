"""Everything that is said in code and templates is said in Swedish too, with the same placeholders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation.template import templatize
from django_countries import countries

from accounts.roles import Role
from agencies.code_words import rows
from knowledge.shipped import shipped
from tests import actors
from tests.ours import CODE

ROOT = Path(settings.BASE_DIR)
PACKAGES = ROOT / "scripts/texts_of_packages.py"
# The names under which gettext is called: where the context, the text and its plural stand.
CALLS = {
    "gettext": (None, 0, None),
    "_": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
IN_TEMPLATE = re.compile(r"(?<!\w)(n?p?gettext|_)\(")
Text = tuple[str | None, str]  # context, text


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (ROOT / "locale/sv/LC_MESSAGES/django.po").open("rb") as handle:
        return read_po(handle, abort_invalid=True)


def texts_in_code(source: str) -> Iterator[Text]:
    """The texts of every call of gettext, under whatever name it was imported."""
    if "gettext" not in source:  # to parse all the others takes seconds
        return
    nodes = list(ast.walk(ast.parse(source)))
    known = {"gettext_noop": "gettext"}  # the pure modules have their own
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            known |= _imported(node)
        elif isinstance(node, ast.FunctionDef) and node.name == "_":
            known["_"] = "gettext"
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = known.get(node.func.id)
            yield from _text_of(node, name) if name in CALLS else ()


def _imported(node: ast.ImportFrom) -> dict[str, str]:
    """Return under which names it imports gettext and its like."""
    if node.module == "django.utils.translation":
        return {name.asname or name.name: _plain(name.name) for name in node.names}
    return {name.asname: "gettext" for name in node.names if name.name == "gettext_noop" and name.asname}


def _plain(name: str) -> str:
    return name.removesuffix("_lazy").removesuffix("_noop")


def _text_of(call: ast.Call, name: str) -> Iterator[Text]:
    context, text, _plural = CALLS[name]
    values = [node.value if isinstance(node, ast.Constant) else None for node in call.args]
    if len(values) > text and isinstance(values[text], str):
        yield (None if context is None else str(values[context]), str(values[text]))


def texts_in_template(source: str) -> Iterator[Text]:
    """Django turns a template into calls of gettext with everything else crossed out."""
    written = templatize(source)
    for match in IN_TEMPLATE.finditer(written):
        for end in (i.end() for i in re.finditer(r"\)", written[match.start() :])):
            try:
                call = ast.parse(
                    written[match.start() : match.start() + end].replace("\n", " "), mode="eval"
                ).body
            except SyntaxError:
                continue
            assert isinstance(call, ast.Call)
            yield from _text_of(call, match.group(1))
            break


def said() -> set[Text]:
    code = [PACKAGES, *(path for app in CODE for path in (ROOT / app).rglob("*.py"))]
    templates = (path for kind in ("html", "txt") for path in (ROOT / "templates").rglob(f"*.{kind}"))
    found = {text for path in code for text in texts_in_code(path.read_text())}
    return found | {text for path in templates for text in texts_in_template(path.read_text())}


def messages(catalogue: Catalog) -> Iterator[tuple[Message, tuple[str, ...], tuple[str, ...]]]:
    """Every message with its English and Swedish forms."""
    for message in catalogue:
        if message.id:
            both = (message.id, message.string)
            english, swedish = (value if isinstance(value, tuple) else (value,) for value in both)
            yield message, english, swedish


def test_no_message_is_untranslated_or_a_guess(catalogue: Catalog) -> None:
    assert [m.id for m, _, swedish in messages(catalogue) if m.fuzzy or not all(swedish)] == []


def test_the_catalogue_holds_what_is_said_and_nothing_else(catalogue: Catalog) -> None:
    known = {(message.context, english[0]) for message, english, _ in messages(catalogue)}
    spoken = {text for text in said() if text[1]}
    assert sorted(spoken - known, key=str) == [], "run make messages and translate"
    assert sorted(known - spoken, key=str) == [], "run make messages: nothing says these any more"


def test_a_translation_has_the_placeholders_of_its_original(catalogue: Catalog) -> None:
    for message, english, swedish in messages(catalogue):
        wanted = set(PLACEHOLDER.findall(english[-1]))
        for text in swedish:
            assert set(PLACEHOLDER.findall(text)) <= wanted, message.id
        assert set(PLACEHOLDER.findall(swedish[-1])) == wanted, message.id


def test_a_translation_ends_as_its_original_does(catalogue: Catalog) -> None:
    for _message, english, swedish in messages(catalogue):
        assert english[0][-1:].isspace() == swedish[0][-1:].isspace(), english[0]
        assert english[0].endswith(".") == swedish[0].endswith("."), english[0]


@pytest.mark.parametrize("word", ["vänligen", "tyvärr", "obs", "prostituerad", "tiggare", "!"])
def test_words_that_the_register_does_not_use(catalogue: Catalog, word: str) -> None:
    pattern = re.compile(rf"\b{word}\b" if word.isalpha() else re.escape(word), re.IGNORECASE)
    assert [swedish for _, _, swedish in messages(catalogue) if any(map(pattern.search, swedish))] == []


@pytest.mark.parametrize(("language", "column"), [("sv", "name_sv"), ("en", "name_en")])
def test_a_country_is_called_what_it_is_called(language: str, column: str) -> None:
    with translation.override(language):
        wrong = {r["code"]: countries.name(r["code"]) for r in rows("country_names_extra")
                 if countries.name(r["code"]) != r[column]}  # fmt: skip
    assert wrong == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('from django.utils.translation import gettext_lazy as _\nx = _("a" "b")', [(None, "ab")]),
        ('from django.utils.translation import pgettext\npgettext("one", "Man")', [("one", "Man")]),
        (
            'from django.utils.translation import ngettext as n\nn("%(n)d a", "%(n)d b", 2)',
            [(None, "%(n)d a")],
        ),
        ('_("not gettext")', []),
    ],
)
def test_the_finder_finds_texts_in_code(source: str, found: list[Text]) -> None:
    assert list(texts_in_code(source)) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{% load i18n %}<p>{% translate "Hello (you)" %}</p>', [(None, "Hello (you)")]),
        ('{% load i18n %}{% translate "Man" context "one" %}', [("one", "Man")]),
        (
            (
                "{% load i18n %}{% blocktranslate trimmed count n=3 %}\n{{ n }} "
                "a\n{% plural %}b{% endblocktranslate %}"
            ),
            [(None, "%(n)s a")],
        ),
    ],
)
def test_the_finder_finds_texts_in_templates(source: str, found: list[Text]) -> None:
    assert list(texts_in_template(source)) == found


RENDERED = """{% load i18n %}{% blocktranslate trimmed count n=n with number=n|number %}
{{ number }} case matches the filter{% plural %}{{ number }} cases match the filter{% endblocktranslate %}"""


@pytest.mark.parametrize(
    ("language", "n", "shown"),
    [
        ("sv", 1, "1 ärende passar filtret"),
        ("sv", 0, "0 ärenden passar filtret"),
        ("sv", 1234, "1\u00a0234 ärenden passar filtret"),
        ("en", 1, "1 case matches the filter"),
        ("en", 1234, "1,234 cases match the filter"),
    ],
)
def test_numbers_and_plurals_follow_the_language(language: str, n: int, shown: str) -> None:
    with translation.override(language):
        assert Template(RENDERED).render(Context({"n": n})) == shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sv", ("Ärenden", "Inga ärenden är registrerade ännu.", "Regionkoordinator", 'lang="sv"')),
        ("en", ("Cases", "No cases are registered yet.", "Regional coordinator", 'lang="en"')),
    ],
)
def test_a_page_is_in_the_language_that_its_user_has_chosen(language: str, said: tuple[str, ...]) -> None:
    client = Client()
    client.force_login(actors.user("Anna", Role.COORDINATOR, region="V", language=language))
    page = client.get("/cases/").content.decode()
    assert [text for text in said if text not in page] == []


def test_english_replaces_only_texts_of_packages_and_keeps_their_placeholders(catalogue: Catalog) -> None:
    """A package's own English may shout Bad Token at somebody whose link is old."""
    with (ROOT / "locale/en/LC_MESSAGES/django.po").open("rb") as handle:
        english = read_po(handle, abort_invalid=True)
    told = {text for _context, text in texts_in_code(PACKAGES.read_text())}
    messages = [message for message in english if message.id]
    assert [message.id for message in messages if message.id not in told or message.fuzzy] == []
    for message in messages:
        assert PLACEHOLDER.findall(str(message.string)) == PLACEHOLDER.findall(str(message.id)), message.id


def test_an_old_link_is_answered_in_plain_english() -> None:
    page = Client(headers={"accept-language": "en"}).get("/accounts/password/reset/key/1-set-password/")
    text = page.content.decode()
    assert "The link is no longer valid" in text
    assert "Token" not in text


@pytest.mark.parametrize("language", ["sv", "en"])
def test_labour_exploitation_is_called_where_it_is_explained_what_tables_call_it(language: str) -> None:
    (called,) = (one[f"label_{language}"] for one in rows("codes") if one["key"] == "purpose_group:labour")
    with translation.override(language):
        explained = strip_tags(render_to_string("summaries/_purposes.html")).strip()
    assert explained.startswith(f"{called} ")


ENGLISH_FAULTS = (  # that readers of the public pages have found
    r"\b(?:persons|victims|records) does\b",
    r"\bnot an? \w+ and not an?\b",
    r"(?:^|[.] )Counted too are\b",
    r"(?:^|[.] )Who has no\b",
    r"\brecords are the same person\b",
    r"\bfigures? [^.]*can bear\b",
)


@pytest.mark.parametrize("fault", ENGLISH_FAULTS)
def test_no_fault_that_a_reader_of_english_found_stands_in_a_text_or_a_remark(
    catalogue: Catalog, fault: str
) -> None:
    texts = {_first(message.id) for message in catalogue} | {one.en for one in shipped().values()}
    assert [text for text in texts if re.search(fault, text)] == []


def _first(text: Sequence[str]) -> str:
    return text if isinstance(text, str) else text[0]
