"""The user's guide at *Help*: by role, in both languages, beside the forms, with the keys one press away."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import get_resolver

from accounts.roles import Role, roles_with
from home.guide import BELOW, SECTION_OF_PAGE, chapters, section_called
from tests.actors import user

PICTURE = re.compile(r'<img src="[^"]*guide/([^"]+)"[^>]* width="\d+" height="\d+" loading="lazy"')


def shape(language: str) -> list[tuple[str, str, list[str], list[str]]]:
    found = []
    for chapter in chapters(language):
        html = "".join([chapter.html, *(section.html for section in chapter.sections)])
        keys = [section.key for section in chapter.sections]
        found.append((chapter.key, chapter.may, keys, PICTURE.findall(html)))
    return found


def test_both_languages_have_the_same_chapters_sections_and_pictures() -> None:
    assert shape("sv") == shape("en")
    assert [key for key, *_rest in shape("sv")][:2] == ["everyone", "operator"]
    assert {picture for *_rest, pictures in shape("sv") for picture in pictures} >= {"operator-new-call.png"}


def test_every_role_has_a_chapter_of_its_own_and_the_one_for_all() -> None:
    for role in Role:
        own = [chapter.key for chapter in chapters("sv") if role in roles_with(chapter.may)]
        assert own[0] == "everyone", role
        assert len(own) == 2, role


@pytest.mark.parametrize(("language", "file"), [("sv", "anvandarguide.md"), ("en", "user-guide.md")])
def test_nothing_of_the_file_is_lost_and_no_link_leads_nowhere(language: str, file: str) -> None:
    written = (settings.BASE_DIR / "docs" / file).read_text()
    parts: list[Any] = [part for chapter in chapters(language) for part in (chapter, *chapter.sections)]
    html = "".join(part.html for part in parts)
    assert written.count("\n<!-- ") == len(parts)
    assert len(PICTURE.findall(html)) == html.count("<img") == written.count("](pictures/")
    assert not re.search(r"\.md|&lt;!--", html)
    for name in PICTURE.findall(html):
        assert finders.find(f"guide/{name}")
        assert (settings.BASE_DIR / "docs/pictures" / name).stat().st_size <= 60_000


def test_a_form_leads_to_a_section_that_is_there() -> None:
    resolver = get_resolver()
    for page, key in (SECTION_OF_PAGE | BELOW).items():
        namespace, name = page.split(":")
        assert name in resolver.namespace_dict[namespace][1].reverse_dict, page
        assert section_called(key, "sv"), key


@pytest.mark.django_db
def test_help_begins_with_ones_own_chapters(client: Client) -> None:
    client.force_login(user("Vera", Role.COORDINATOR, region="V", language="en"))
    text = client.get("/help/").content.decode()
    links = re.findall(r'/help/guide/([a-z]+)/"', text)
    every = [chapter.key for chapter in chapters("en")]
    assert links == ["everyone", "coordinator", *(key for key in every if key not in links[:2])]
    assert text.count("for you</span>") == 2
    assert 'id="register"' in client.get("/help/guide/coordinator/").content.decode()
    assert client.get("/help/guide/nobody/").status_code == 404


@pytest.mark.django_db
def test_a_form_leads_to_its_part_of_the_help(client: Client) -> None:
    client.force_login(user("Vera", Role.COORDINATOR, region="V", language="en"))
    taking = client.get("/taking-over/").content.decode()
    assert 'data-how-to="/help/how-to/taking-over/?part"' in taking
    assert "What was found" in client.get("/help/how-to/taking-over/?part").content.decode()
    assert client.get("/cases/new/").content.decode().count('data-how-to="/help/how-to/register/?part"') == 1
    part = client.get("/help/how-to/register/?part").content.decode()
    assert "describe one person" in part
    assert "<html" not in part
    alone = client.get("/help/how-to/register/").content.decode()
    assert (
        "describe one person" in alone,
        "<h2 class" in alone.split("<article")[1].split("</article>")[0],
    ) == (
        True,
        False,
    )
    assert client.get("/help/how-to/nothing/?part").status_code == 404
    refused = client.get("/cases/notify/")
    assert (refused.status_code, "data-how-to" in refused.content.decode()) == (403, False)


@pytest.mark.django_db
def test_a_stranger_reads_the_terms_and_not_the_guide(client: Client) -> None:
    assert "/help/guide/" not in client.get("/help/").content.decode()
    assert client.get("/help/guide/operator/").headers["Location"].startswith("/accounts/login/")
