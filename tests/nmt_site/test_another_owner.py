"""Another authority runs the register without a change of code: what names it is a setting or a row."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client, override_settings
from django.utils.translation import override

from accounts.notices import NO_BREAK, organisation, support_line, support_line_link
from tests.ours import APPS, ROOT

OURS = re.compile(
    r"jämställdhetsmyndighet|gender equality agency|jamstalldhetsmyndigheten|020-390", re.IGNORECASE
)
OTHER = {
    "ORGANISATION": {"sv": "Myndigheten för påhitt", "en": "Agency of Inventions"},
    "ORGANISATION_ADDRESS": "https://pahitt.example/",
    "MANUAL_ADDRESS": "https://pahitt.example/manual/",
    "SUPPORT_LINE": "010-000 11 22",
}
# What names it as a fact, a word of somebody's file, or the default of a setting.
MAY_NAME_IT = {"nmt_site/settings.py"}


def test_no_template_and_no_code_names_the_owner() -> None:
    files = [
        *(ROOT / "templates").rglob("*.*"),
        *(file for app in APPS for file in (ROOT / app).rglob("*.py")),
    ]
    files = [file for file in files if "migrations" not in file.parts]
    found = {file.relative_to(ROOT).as_posix() for file in files if OURS.search(file.read_text())}
    assert found == MAY_NAME_IT
    assert OURS.search((ROOT / "locale/sv/LC_MESSAGES/django.po").read_text()) is None


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["sv", "en"])
def test_pages_and_files_for_everybody_name_another_owner(client: Client, language: str) -> None:
    client.cookies["django_language"] = language
    own = OTHER["ORGANISATION"][language]  # type: ignore[index]
    text = ""
    with override_settings(**OTHER):
        for address in ("/accessibility/", "/accounts/login/", "/statistik/dcat.rdf", "/statistik/atom.xml"):
            answer = client.get(address)
            assert answer.status_code == 200, address
            page = unescape(answer.content.decode())
            assert OURS.search(page) is None, address
            text += page
    assert text.count(own) > 2
    assert "https://pahitt.example/" in text
    assert f"010-000{NO_BREAK}11{NO_BREAK}22" in text


@pytest.mark.django_db
def test_each_page_names_whom_it_is_about(client: Client) -> None:
    contacts = {"DPO_CONTACT": "ombud@pahitt.example", "ACCESSIBILITY_CONTACT": "alla@pahitt.example"}
    with override_settings(**contacts):
        pages = {
            address: client.get(address).content.decode() for address in ("/privacy/", "/accessibility/")
        }
    assert "ombud@pahitt.example" in pages["/privacy/"]
    assert "mailto:alla@pahitt.example" in pages["/accessibility/"]
    assert "alla@" not in pages["/privacy/"]


def test_it_is_called_by_its_swedish_name_where_it_has_no_other() -> None:
    with override_settings(ORGANISATION={"sv": "Myndigheten för påhitt", "en": ""}), override("en"):
        assert organisation() == "Myndigheten för påhitt"


def test_with_the_defaults_it_is_called_as_it_was() -> None:
    assert (organisation("sv"), organisation("en")) == (
        "Jämställdhetsmyndigheten",
        "Swedish Gender Equality Agency",
    )
    assert support_line() == "020-390\u00a0000"
    assert support_line_link() == "tel:+4620390000"


@pytest.mark.django_db
def test_a_press_on_the_number_rings_the_number_that_is_shown(client: Client) -> None:
    with override_settings(SUPPORT_LINE="08-123 45 67"):
        pages = [client.get(address).content.decode() for address in ("/privacy/", "/statistik/")]
    assert all('href="tel:+4681234567">08-123' in page for page in pages)
    with override_settings(SUPPORT_LINE="+47 22 00 00 00"):
        assert support_line_link() == "tel:+4722000000"
