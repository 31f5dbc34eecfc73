"""The texts beside the figures: a running page says those of today, a version those that it was released
with."""

from __future__ import annotations

import io
import json
from html import unescape
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils.html import strip_tags
from django.utils.translation import override

from accounts.access import Access
from accounts.roles import Role
from knowledge.models import Remark
from knowledge.shipped import shipped
from knowledge.stored_texts import SHIPPED, present
from summaries.counting.historical import of_calls
from summaries.release import frozen
from summaries.release.approvals import differs, wish
from summaries.release.models import Publication
from summaries.release.release_actions import ask_release
from summaries.site.files import pdf_bytes
from tests.actors import NOON, user
from tests.nmt_site.admin_pages import client_of
from tests.summaries.releasing import WHY, released
from tests.summaries.small_year import FINE, prepare

pytestmark = pytest.mark.django_db
OWN = "Egna ord om vad de täcker."
YEAR = "/statistik/2018/"
OF_NO_VERSION = ("/statistik/", "/statistik/serier/", "/statistik/om/", "/statistik/alla-ar.json")


def write(text: str = OWN) -> None:
    """In every remark that has nothing to fill in."""
    for row in Remark.objects.exclude(key__in=("break", "published_as")):
        Remark.objects.filter(pk=row.pk).update(text_sv=f"{text} ({row.key})", text_en=f"{text} ({row.key})")


def again(by: Access) -> Publication:
    """The same once more."""
    return prepare(by, FINE)


def page_of(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200, address
    return " ".join(unescape(strip_tags(page.content.decode())).split())


def test_an_edit_is_on_the_running_pages_at_once_and_on_none_that_is_published(
    year: Publication, anna: Access
) -> None:
    outside, analyst = Client(), client_of(anna.user)
    public = (YEAR, f"{YEAR}groups/", f"{YEAR}kvalitet/", f"{YEAR}v1/", f"{YEAR}tables.json", *OF_NO_VERSION)
    before = {address: outside.get(address).content for address in public}
    write()
    for address in (
        "/summaries/2018/",
        "/summaries/2018/groups/",
        "/summaries/comparison/",
        "/summaries/about/",
    ):
        assert f"{OWN} (coverage)" in page_of(analyst, address), address
    assert of_calls(present()) == [f"{OWN} (calls)"]
    assert {address: outside.get(address).content for address in public} == before
    assert OWN not in json.dumps(Publication.objects.get(pk=year.pk).content)


OF_QUALITY = (
    *("mandate", "attention", "late_records", "duplicates", "no_sample", "other_statistics", "break_2017"),
)


def words_of(book: bytes) -> str:
    with ZipFile(io.BytesIO(book)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))


def test_a_version_holds_its_texts_in_every_page_and_file_and_pages_of_no_version_say_them_too(
    year: Publication, anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []

    class Html:
        def __init__(self, string: str, **_more: Any) -> None:
            printed.append(string)

        def write_pdf(self, **_more: Any) -> bytes:
            return b"%PDF"

    monkeypatch.setattr("weasyprint.HTML", Html)
    draft = again(anna)
    assert not differs(draft)
    write()
    assert differs(draft), "a text is a reason for a new version"
    row = released(draft=draft, digest=draft.digest, state="revised", by=anna)
    write("Senare ord.")
    with override("sv"):
        pdf_bytes(row, 2, NOON, "sv")
    files = {(file.language, file.kind): bytes(file.content) for file in row.files.all()}
    pages = (YEAR, f"{YEAR}v2/kvalitet/", *OF_NO_VERSION[:3])
    texts = {address: page_of(Client(), address) for address in pages}
    texts |= {"json": files["sv", "json"].decode(), "xlsx": words_of(files["sv", "xlsx"]), "pdf": printed[0]}
    assert [where for where, text in texts.items() if OWN not in text or "Senare" in text] == []
    quality = texts[f"{YEAR}v2/kvalitet/"]
    assert [key for key in OF_QUALITY if f"{OWN} ({key})" not in quality] == []
    assert f"{OWN} (not_official)" in printed[0]
    assert f"{OWN} (break_2017)" in page_of(Client(), "/statistik/alla-ar.json")
    assert OWN not in page_of(Client(), f"{YEAR}v1/kvalitet/"), "the version before keeps its own"


def test_a_version_from_before_texts_were_frozen_says_those_that_are_shipped(year: Publication) -> None:
    old = {
        of: {name: part for name, part in words.items() if name != "remarks"}
        for of, words in year.content.items()
    }
    Publication.objects.filter(pk=year.pk).update(content=old)
    write()
    for address in (f"{YEAR}kvalitet/", *OF_NO_VERSION[:3]):
        page = page_of(Client(), address)
        assert OWN not in page, address
    assert shipped()["mandate"].sv in page_of(Client(), f"{YEAR}kvalitet/")
    assert shipped()["coverage"].sv in page_of(Client(), "/statistik/om/")


def test_who_approves_sees_the_new_text_and_what_is_changed_since_is_asked_about_again(
    year: Publication, anna: Access
) -> None:
    draft = again(anna)
    Remark.objects.filter(key="cases").update(text_sv=OWN)
    asked = ask_release(
        draft=draft, digest=draft.digest, wished=wish(draft, "revised", revised=WHY), note="", by=anna
    )
    mona = client_of(user("Mona", Role.MANAGER))
    address = f"/summaries/publications/questions/{asked.code}/"
    page = page_of(mona, address)
    assert OWN in page
    assert shipped()["coverage"].sv not in page, "what was always said is not new"
    assert "har ändrats sedan" not in page
    Remark.objects.filter(key="coverage").update(text_en="Other words.")
    assert "har ändrats sedan" in page_of(mona, address)
    mona.post(address, {"answer": "yes"})
    asked.refresh_from_db()
    assert asked.answer == "pending"
    assert Publication.objects.published().count() == 1


def test_without_the_texts_of_the_database_a_year_says_what_is_shipped(year: Publication) -> None:
    Remark.objects.all().delete()
    assert present().all_in("sv") == SHIPPED.all_in("sv")
    assert frozen.content(year)["sv"]["caveats"] == year.content["sv"]["caveats"]
    assert frozen.content(year)["en"]["remarks"] == year.content["en"]["remarks"]
