"""What administrators and analysts change in the lists they keep is read afterwards, old beside new, in the
admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.test import Client

from accounts.roles import Role
from agencies import reference_data
from agencies.models import (
    Agency,
    Code,
    CodeMapping,
    Coordinator,
    County,
    CountyRegion,
    Region,
)
from tests.nmt_site.admin_pages import address, someone
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
LISTS = (Agency, Code, CodeMapping, County, CountyRegion, Region)


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(someone(Role.ADMINISTRATOR, "Astrid"))
    return client


def history(client: Client, row: Any) -> str:
    response = client.get(address(f"agencies_{row._meta.model_name}", "history", row.pk))
    assert response.status_code == 200
    return response.content.decode()


def test_the_first_change_of_what_was_shipped_tells_what_stood_before(administrator: Client) -> None:
    reference_data.load()
    agency = Agency.objects.get(code="police")
    page = address("agencies_agency", "change", agency.pk)
    assert address("agencies_agency", "history", agency.pk) in administrator.get(page).content.decode()
    sent = {"code": "police", "name_sv": "Polisen", "name_en": agency.name_en, "kind": agency.kind_id}
    assert administrator.post(page, sent).status_code == 302
    text = history(administrator, agency)
    assert "Polismyndigheten → Polisen" in text
    assert "Astrid" in text


def test_what_was_shipped_has_one_first_version_however_often_it_is_loaded() -> None:
    reference_data.load()
    reference_data.load()
    for model in LISTS:
        assert model.history.count() == model.objects.count() > 0


@pytest.mark.parametrize("model", mostly_long(LISTS, usual=LISTS[:2]))
def test_every_list_has_a_page_of_its_history(administrator: Client, model: Any) -> None:
    reference_data.load()
    assert 'id="change-history"' in history(administrator, model.objects.first())


def test_a_coordinator_has_one_too(administrator: Client) -> None:
    reference_data.load()
    card = Coordinator.objects.create(region_id="B", name="Exempel Ett", valid_from="2018-01-01")
    assert "Exempel Ett" in history(administrator, card)


def test_a_mapping_that_is_taken_away_keeps_its_history(administrator: Client) -> None:
    reference_data.load()
    mapping = CodeMapping.objects.first()
    assert mapping is not None
    administrator.post(address("agencies_codemapping", "delete", mapping.pk), {"post": "yes"})
    last = CodeMapping.history.filter(id=mapping.pk).latest()
    assert (last.history_type, str(last.history_user)) == ("-", "Astrid")


def test_a_code_that_only_a_past_version_names_is_not_deleted(administrator: Client) -> None:
    facts = {"list": "agency_kind", "label_sv": "Skrå", "label_en": "Guild"}
    guild = Code.objects.create(key="agency_kind:guild", **facts)
    agency = Agency.objects.get(code="police")
    usual, agency.kind = agency.kind, guild
    agency.save()
    agency.kind = usual
    agency.save()

    answer = administrator.post(address("agencies_code", "delete", quote(guild.pk)), {"post": "yes"})

    assert answer.status_code == 403
    assert Code.objects.filter(pk=guild.pk).exists()


def test_an_operator_reads_no_history_of_lists() -> None:
    reference_data.load()
    client = Client()
    client.force_login(someone(Role.OPERATOR, "Olle"))
    assert (
        client.get(address("agencies_agency", "history", Agency.objects.get(code="police").pk)).status_code
        == 403
    )
