"""HTCDS 2.0: by mapping rows, checked against the schema file."""

from __future__ import annotations

import csv
import io

import pytest

from agencies.models import Agency, Code, CodeMapping, Region
from audit.models import Event
from cases import htcds
from cases.models import Call, Exploitation
from tests.actors import access
from tests.cases.htcds_schema import faults
from tests.cases.pages import signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
ASKED = {"format": "htcds 2.0", "purpose": "Exchange of statistics", "reason": "Single rows are asked for"}


@pytest.fixture
def client(karin):
    client = signed_in(karin)
    client.cookies["django_language"] = "en"
    return client


def rows(client):
    """Header, rows and manifest."""
    answer = client.post("/cases/export/htcds/", ASKED)
    assert answer.status_code == 302, answer.context["form"].errors
    data = b"".join(client.get(answer["Location"] + "file/").streaming_content).decode("utf-8-sig")
    header, *cells = csv.reader(io.StringIO(data, newline=""))
    return header, cells, client.get(answer["Location"] + "manifest/").json()


def one(client):
    header, [cells], _manifest = rows(client)
    return dict(zip(header, cells, strict=True))


def make_person(karin):
    person = new_person(main="labour", purposes=("sexual",), citizenship="RO", status="identified")
    case = new_case(person, by=access(karin))
    work = Exploitation.objects.get(purpose="purpose:labour")
    Exploitation.objects.filter(pk=work.pk).update(
        sector="sector:berries", place="sweden", controls_answer="given"
    )
    work.controls.set(Code.objects.filter(key__in=["control:debt", "control:movement"]))
    return case


def test_the_schema_file_has_the_84_fields_each_with_a_fact_or_a_reason():
    fields = htcds.fields()
    assert len({field.name for field in fields}) == 84
    assert all(bool(field.fact) != bool(field.why_empty) for field in fields)
    assert {field.why_empty for field in fields if field.why_empty} == set(htcds.WHY)


def test_a_person_is_told_by_the_names_of_the_standard(client, karin):
    make_person(karin)
    found = one(client)
    assert found["prs_Gender"] == "Feminine"
    assert found["prs_Citizenship"] == "RO"
    assert found["vic_TraffickingStatus"] == "ActualVictimOfTrafficking"
    assert (found["org_Type"], found["vic_TraffickingStatusDecisionMakingOrg"]) == (
        "LawEnforcement",
        "Police",
    )
    assert set(found["vic_TypeOfExploitation"].split(";")) == {"ForcedLabour", "SexualExploitation"}
    assert found["vic_ForcedLabourIndustry"] == "A_AgricultureForestryAndFishing"
    assert found["vic_MethodsOfControl"] == "DebtBondage;Other"
    assert found[htcds.MORE] == "RestrictsMovement"
    assert (found["cas_Status"], found["hte_Country"]) == ("Active", "SE")


def test_an_export_has_no_fault_and_leaves_identity_empty(client, karin):
    make_person(karin)
    new_case(
        new_person(sex="U", child="yes", age_class="13-15", main="unknown", citizenship="XS"),
        by=access(karin),
    )
    header, cells, manifest = rows(client)
    assert list(faults(header, cells)) == []
    empty = {field.name for field in htcds.fields() if field.why_empty}
    facts = {name: set(column) for name, *column in zip(header, *cells, strict=True)}
    assert all(facts[name] == {""} for name in empty)
    assert len(cells) == manifest["rows"] == manifest["persons"], "a reader takes each line for a person"
    assert "CC BY 4.0" in manifest["attribution"]


def test_the_checker_names_what_is_wrong(client, karin):
    make_person(karin)
    header, [cells], _manifest = rows(client)

    def wrong(**changes):
        bad = [changes.get(name, cell) for name, cell in zip(header, cells, strict=True)]
        return [(name, fault) for _row, name, fault in faults(header, [bad])]

    assert wrong() == []
    for name, bad, fault in (
        ("prs_FirstName", "Anna", "must be empty"),
        ("prs_Gender", "female", "not in the pick list"),
        ("cas_IncomingReferralDate", "May 2018", "no date"),
        ("org_Name", "One, two", "comma"),
    ):
        assert wrong(**{name: bad}) == [(name, fault)]
    citizenships = [wrong(prs_Citizenship=code) for code in ("XS", "QZ", "AA", "ZZ", "SWE")]
    assert citizenships == [[("prs_Citizenship", "no country")]] * 5
    header.remove("prs_Gender")
    assert (0, "prs_Gender", "missing") in faults(header, [])


def test_codes_that_the_standard_has_no_name_for_are_told(client):
    gaps = {(field.name, code) for field, code in htcds.gaps()}
    assert {code for _field, code in gaps} == {
        "agency_kind:public",
        "consent:not_relevant",
        "measure:interpreter",
        "measure:other",
        "measure:return",
        "purpose:unknown",
        "relation:unknown",
        "sector:unknown",
        "sexual_form:other",
    }
    assert ("vic_TypeOfExploitation", "purpose:unknown") in gaps
    CodeMapping.objects.filter(target="htcds", release="2.0", code="status:declined").delete()
    assert ("vic_TraffickingStatus", "status:declined") in {(f.name, code) for f, code in htcds.gaps()}
    report = client.get("/cases/export/htcds/report/").content.decode()
    assert (
        "vic_TraffickingStatus;Person / Victim Context;yes;status:declined;HTCDS 2.0 has no name for it."
        in report
    )


def test_the_page_and_a_file_say_what_is_empty_and_why(client, karin):
    new_case(by=access(karin))
    page = client.get("/cases/export/htcds/").content.decode()
    assert "prs_FirstName" in page
    assert "It identifies a person" in page
    assert "CC BY 4.0" in page
    file = client.get("/cases/export/htcds/report/").content.decode("utf-8-sig")
    empty = sum(bool(field.why_empty) for field in htcds.fields())
    assert file.count("\n") == 2 + empty + len(htcds.gaps())
    assert "per_RoleInProcess;" in file


def test_the_audit_log_tells_of_it(client, karin):
    make_person(karin)
    one(client)
    event = Event.objects.get(action="export.htcds")
    assert (event.rows, len(event.digest)) == (1, 64)
    assert ASKED["purpose"] in event.reason


def test_consent_is_read_only_from_calls_that_the_one_who_exports_may_see(client, karin):
    case = make_person(karin)
    call = Call.objects.create(
        received_at=access(karin).at,
        received_on=access(karin).today,
        caller_group_id="caller:police",
        consent="given",
        referred_region_id="SY",
        taken_by=karin,
        case=case,
    )
    assert one(client)["con_Consent"] == ""
    Call.objects.filter(pk=call.pk).update(referred_region="V")
    assert one(client)["con_Consent"] != ""


def test_of_several_measures_the_latest_that_the_standard_has_a_name_for_is_told(client, karin):
    given = (("shelter", "2018-05"), ("health", "2018-07"), ("interpreter", "2018-08"))
    new_case(new_person(measures=given), by=access(karin))
    [field] = [field.name for field in htcds.fields() if field.fact == "measure"]
    assert [one(client)[field]] == htcds.ReleaseNames.load().of(["measure:health"])


def test_work_of_a_child_is_child_labour_too(client, karin):
    new_case(new_person(child="yes", age_class="13-15", main="labour"), by=access(karin))
    assert one(client)["vic_TypeOfExploitation"].split(";") == ["ForcedLabour", "ChildLabour"]


def test_the_event_of_which_country_and_start_are_told_is_the_exploitation(client, karin):
    make_person(karin)
    assert one(client)["hte_Type"] == "Exploitation"


def test_where_the_support_line_referred_a_case_last_is_its_outgoing_referral(client, karin):
    case = make_person(karin)
    names = ("cas_ReferredOrganisation", "cas_OutgoingReferralDate", "cas_ReasonForOutgoingReferral")
    assert [one(client)[name] for name in names] == ["", "", ""]
    facts = {"caller_group_id": "caller:police", "taken_by": karin, "case": case, "referred_region_id": "V"}
    at = access(karin).at
    Call.objects.create(received_at=at, received_on="2018-05-01", **facts)
    assert [one(client)[name] for name in names] == [
        f"NMT coordinator {Region.objects.get(code='V').name_en}".replace(",", ""),
        "2018-05-01",
        "AdditionalServicesRequired",
    ]
    agency = Agency.objects.get(code="migration")
    Call.objects.create(received_at=at, received_on="2018-06-01", referred_agency=agency, **facts)
    assert [one(client)[name] for name in names[:2]] == [agency.name_en, "2018-06-01"]
    header, cells, _manifest = rows(client)
    assert list(faults(header, cells)) == []


def test_an_accepted_measure_that_is_a_referral_names_to_whom_but_no_day(client, karin):
    new_case(new_person(measures=(("referral_health", "2018-06"),)), by=access(karin))
    found = one(client)
    assert found["cas_ReferredOrganisation"] == "Health care"
    assert (found["cas_OutgoingReferralDate"], found["cas_ReasonForOutgoingReferral"]) == (
        "",
        "AdditionalServicesRequired",
    )
