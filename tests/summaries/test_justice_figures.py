"""Totals of police, prosecutors and courts come in as files, stand beside the figures of the register, never
added."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.access import Access
from accounts.roles import Role
from nmt_site.context import items_for
from summaries.counting.historical import decide_standing_exemption
from summaries.models import JusticeFigure
from summaries.release.actions import Moved, publish
from summaries.release.corrections import headline_steps
from summaries.release.models import Publication
from tests.actors import access, user
from tests.exchange.list_files import bring, table
from tests.makers import new_case
from tests.nmt_site.admin_pages import client_of
from tests.summaries.releasing import approved, released
from tests.summaries.small_year import add, prepare

pytestmark = pytest.mark.django_db
HEADER = ["year", "kind", "offence", "breakdown", "value", "source"]


def test_a_file_of_totals_is_read_by_year_kind_offence_and_breakdown(client: Client) -> None:
    analyst = client_of(user("Anna", Role.ANALYST))
    data = table(HEADER, ["2018", "convicted", "trafficking", "sex:F|child:no", "3", "Brå"],
                 ["2018", "reported", "", "", "212", "Brå"])  # fmt: skip
    assert bring(analyst, "summaries_justicefigure", data) == (2, 0, 0, 0)
    again = table(HEADER, ["2018", "reported", "", "", "214", "Brå, reviderad"])
    assert bring(analyst, "summaries_justicefigure", again) == (0, 1, 0, 0)
    row = JusticeFigure.objects.get(kind="reported")
    assert (row.value, row.history.count()) == (214, 2)


def test_a_breakdown_is_pairs_of_what_and_which() -> None:
    row = JusticeFigure(year=2018, kind="convicted", breakdown="women only", value=3, source="Brå")
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert list(refused.value.message_dict) == ["breakdown"]


@pytest.fixture
def revised(vera: Access, anna: Access) -> tuple[Publication, Publication]:
    """A version without, and one beside which two totals were approved, which are others now."""
    decide_standing_exemption()
    add(vera)
    draft = prepare(anna, headline_steps())
    bare = released(draft=draft, digest=draft.digest, state="final", by=anna)
    facts = {"year": 2018, "source": "Brå, Lagförda 2018"}
    JusticeFigure.objects.create(kind="reported", value=9871, **facts)
    few = JusticeFigure.objects.create(kind="convicted", breakdown="sex:F|child:no", value=3, **facts)
    draft = prepare(anna, headline_steps())
    asked = approved(draft=draft, state="revised", by=anna)
    few.value = 4
    few.save()
    with pytest.raises(Moved):
        publish(draft=draft, by=anna, approval=asked)
    draft.refresh_from_db()
    row = released(draft=draft, digest=draft.digest, state="revised", by=anna)
    JusticeFigure.objects.update(value=777)
    return bare, row


def test_they_stand_beside_a_version_as_they_were_when_it_was_approved(
    revised: tuple[Publication, Publication], client: Client
) -> None:
    page = client.get("/statistik/2018/?lang=en").content.decode().lower()
    assert [one["value"] for one in revised[1].content["en"]["justice"]] == [4, 9871]
    for said in ("9,871", "female, 18+", "brå, lagförda 2018", "never added to"):
        assert said in page, said
    assert "777" not in page
    assert 'id="justice"' not in client.get("/statistik/2018/v1/").content.decode()


def test_no_figure_of_the_register_is_another_for_them(revised: tuple[Publication, Publication]) -> None:
    bare, row = revised
    assert row.tables == bare.tables


def test_they_are_in_the_files_of_the_version(
    revised: tuple[Publication, Publication], client: Client
) -> None:
    data = client.get("/statistik/2018/tables.json?lang=en").json()
    assert [(one["value"], one["breakdown"]) for one in data["justice"]] == [(4, "female, 18+"), (9871, "")]
    assert data["release"]["revised"]
    book = load_workbook(BytesIO(client.get("/statistik/2018/tables.xlsx?lang=en").content))
    assert [line[3] for line in book["Justice"].values][-2:] == [4, 9871]


def test_they_stand_on_the_internal_page_of_their_year(client: Client) -> None:
    JusticeFigure.objects.create(year=2018, kind="reported", value=9871, source="Brå")
    new_case(by=access(user("Vera", Role.COORDINATOR, region="V")))
    anna = user("Anna", Role.ANALYST)
    client.force_login(anna)
    page = client.get("/summaries/2018/?language=en").content.decode()
    assert "9\u202f871" in page or "9\u00a0871" in page
    assert "Brå" in page
    assert 'id="justice"' not in client.get("/summaries/2019/").content.decode()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MANAGER])
def test_publishing_stands_in_the_menu_of_who_has_a_step_there(role: Role, client: Client) -> None:
    person = user("Mona", role)
    addresses = [item.url for item in items_for(access(person))]
    assert reverse("summaries:publications") in addresses
    client.force_login(person)
    assert client.get(reverse("summaries:publications")).status_code == 200
