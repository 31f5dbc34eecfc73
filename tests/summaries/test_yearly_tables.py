"""What moves the tables of a year, and what must not."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Agency, CodeMapping, Region
from cases.actions.duplicates import decide_same
from cases.actions.persons import save_identification
from cases.actions.sharing import answer_transfer, ask_transfer
from cases.choices import Decision
from cases.models import Call, Identification, Person
from libs.suppression.tables import TOTAL, Key, Table
from summaries.counting.reference import Labels, Reference
from summaries.counting.summary import Summary, internal_summary
from summaries.counting.tabulate import CountError
from summaries.tables.cell_index import reported
from tests.actors import access, user
from tests.makers import new_case, new_person
from tests.summaries.registers import log, yearly_tables

pytestmark = pytest.mark.django_db


def all_cells(by: Access, year: int = 2018) -> Counter[tuple[str, Key]]:
    return Counter(
        {(table.name, cell.key): cell.value or 0 for table in yearly_tables(by, year) for cell in table}
    )


def table(by: Access, name: str, year: int = 2018) -> Table:
    return next(table for table in yearly_tables(by, year) if table.name == name)


def three_persons(by: Access) -> None:
    new_case(
        new_person(
            citizenship="NG", offence="trafficking", measures=(("shelter", "2018-06"),), age_class="25-34"
        ),
        new_person(citizenship="NG", offence="trafficking", main="begging", purposes=("crime", "fraud")),
        new_person(
            sex="M", child="yes", county="01", agency="social", channel="support_line", main="domestic"
        ),
        by=by,
    )


def test_three_persons_move_every_table_by_the_right_cells(vera: Access, anna: Access) -> None:
    new_case(by=vera)
    before = all_cells(anna)
    three_persons(vera)
    moved = all_cells(anna)
    moved.subtract(before)
    both = {"women": 2, "boys": 1, TOTAL: 3}
    women, boys = {"women": 2, TOTAL: 2}, {"boys": 1, TOTAL: 1}
    one = {"women": 1, TOTAL: 1}
    expected = {
        "main_purpose": {"sexual": one, "begging": one, "labour": boys},
        "any_purpose": {"sexual": one, "begging": one, "crime": one, "labour": boys},
        "citizenship": {"NG": women, "not_asked": boys},
        "county": {"14": women, "01": boys},
        "organisation": {"police": women, "social": boys},
        "source": {"coordinator": women, "support_line": boys},
        "offence": {"trafficking": women, "not_asked": boys},
        "status": {"presumed": both},
        "measures": {"shelter": one},
        "ages": {"25-34": one, "not_asked": {"women": 1, "boys": 1, TOTAL: 2}},
        "age_group": {"adults": women, "children": boys},
        "purpose_combination": {"sexual": one, "begging+crime": one, "labour": boys},
        "country_group": {"africa": women, "not_asked": boys},
        "region": {"V": women, "ST": boys},
        "channel": {"support_line": boys, "not_asked": women},
        "sector": {"not_labour": women, "not_asked": boys},
    }
    cells = {("groups", (group,)): n for group, n in both.items()}
    for name, rows in expected.items():
        cells |= {(name, (category, group)): n for category, row in rows.items() for group, n in row.items()}
        cells |= {(name, (TOTAL, group)): n for group, n in both.items()}
    cells |= {
        ("measure_answers", key): 1
        for key in [("shelter", "accepted"), ("shelter", TOTAL), (TOTAL, "accepted")]
    }
    cells["measure_answers", (TOTAL, TOTAL)] = 3
    assert {key: n for key, n in moved.items() if n} == cells


def test_a_person_identified_again_next_year_is_not_counted_again(vera: Access, anna: Access) -> None:
    case = new_case(by=vera)
    before = all_cells(anna), all_cells(anna, 2019)
    again = Identification(
        person=case.persons.get(),
        agency=Agency.objects.get(code="tax"),
        identified_on=date(2019, 1, 3),
        county_id="01",
    )
    save_identification(identification=again, by=vera)
    assert (all_cells(anna), all_cells(anna, 2019)) == before
    assert not any(before[1].values())


def test_a_transfer_leaves_every_table_unchanged(vera: Access, anna: Access) -> None:
    ove = access(user("Ove", Role.COORDINATOR, region="Ö"))
    person = new_case(by=vera).persons.get()
    before = all_cells(anna)
    asked = ask_transfer(person=person, to_region=Region.objects.get(code="Ö"), reason="Moved", by=vera)
    answer_transfer(transfer=asked, accept=True, reason="Welcome", by=ove)
    person.refresh_from_db()
    assert person.responsible_region_id == "Ö"
    assert all_cells(anna) == before


def test_same_person_moves_the_counts_and_undoing_restores_them(vera: Access, anna: Access) -> None:
    person = new_case(new_person(on=date(2017, 6, 1)), by=vera).persons.get()
    other = new_case(new_person(main="labour", county="01"), by=vera).persons.get()
    before = all_cells(anna, 2017), all_cells(anna, 2018)
    decide_same(one=person, other=other, decision=Decision.SAME, reason="Same", by=vera)
    assert all_cells(anna, 2017) == before[0]
    assert not any(all_cells(anna, 2018).values())
    decide_same(one=person, other=other, decision=Decision.DIFFERENT, reason="Wrong", by=vera)
    assert (all_cells(anna, 2017), all_cells(anna, 2018)) == before


def test_who_is_judged_not_a_victim_is_counted_nowhere(vera: Access, anna: Access) -> None:
    new_case(new_person(status="not_victim"), by=vera, accompanying_children=3)
    assert not any(all_cells(anna).values())


def test_a_case_of_forty_adds_forty_persons_and_one_case(vera: Access, anna: Access) -> None:
    new_case(*(new_person() for _n in range(40)), by=vera, accompanying_children=2)
    summary = internal_summary(anna, 2018)
    assert summary.table("groups").value(TOTAL) == 40  # type: ignore[union-attr]
    assert summary.volumes == (1, 2)


def test_a_call_late_on_new_years_eve_in_universal_time_belongs_to_the_next_year(anna: Access) -> None:
    olle = access(user("Olle", Role.OPERATOR))
    log(
        {"received_at": datetime(2018, 12, 31, 23, 30, tzinfo=UTC), "caller_group_id": "caller:police",
         "topics": ["child", "housing"], "outcomes": []},
        by=olle,
    )  # fmt: skip
    assert internal_summary(anna, 2018).calls == 0
    summary = internal_summary(anna, 2019)
    assert summary.calls == 1
    topics = next(table for table in summary.tables if table.name == "calls_topic")
    assert (topics.value("child"), topics.value("housing"), topics.value(TOTAL)) == (1, 1, 1)
    assert not topics.additive
    assert Call.objects.get().received_on == date(2019, 1, 1)


def test_a_coordinator_reads_the_tables_of_the_own_region(vera: Access, anna: Access) -> None:
    sam = access(user("Sam", Role.COORDINATOR, region="SY"))
    new_case(new_person(), new_person(), by=vera)
    new_case(new_person(county="12"), by=sam, region="SY")
    assert [table(by, "groups").value(TOTAL) for by in (vera, sam, anna)] == [2, 1, 3]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.OFFICER, Role.ADMINISTRATOR, Role.DPO])
def test_others_read_no_counts(vera: Access, role: Role) -> None:
    new_case(by=vera)
    assert not any(all_cells(access(user("Nils", role))).values())


def test_a_new_purpose_is_published_as_its_mapping_says(vera: Access, anna: Access) -> None:
    new_case(new_person(main="war"), by=vera)
    assert table(anna, "main_purpose").value("military") == 1
    CodeMapping.objects.filter(code="purpose:war", target="nmt").update(value="other")
    assert table(anna, "main_purpose").value("other") == 1
    CodeMapping.objects.filter(code="purpose:war", target="nmt").update(value="no such group")
    assert table(anna, "main_purpose").value("other") == table(anna, "any_purpose").value("other") == 1


def test_a_category_beside_the_table_is_an_error_and_no_silent_loss() -> None:
    from cases.rules.persons import GROUPS
    from libs.suppression.tables import Dimension
    from summaries.counting.tabulate import one_way

    with pytest.raises(CountError, match="no category strange in group"):
        one_way("groups", "", Dimension("group", GROUPS), Counter({("strange",): 1}))


def test_every_category_stands_also_when_nobody_is_counted(anna: Access) -> None:
    tables = {table.name: table for table in yearly_tables(anna, 2018)}
    assert len(tables["county"].dimensions[0].categories) == 21
    assert len(tables["region"].dimensions[0].categories) == 7
    assert tables["citizenship"].dimensions[0].categories == ("XS", "ZZ", "not_asked")
    for one in tables.values():
        wide = len(one.dimensions[1].categories) + 1 if len(one.dimensions) > 1 else 1
        assert len(one.cells) == (len(one.dimensions[0].categories) + 1) * wide
        assert {cell.value for cell in one} == {0}


def test_a_year_with_the_year_before_takes_a_constant_few_queries(
    vera: Access, anna: Access, django_assert_max_num_queries
) -> None:
    for _n in range(3):
        new_case(*(new_person(on=date(year, 5, 2)) for year in (2017, 2018)), by=vera)
    internal_summary(anna, 2018)  # PostgreSQL keeps what is counted
    with django_assert_max_num_queries(9):
        summary: Summary = internal_summary(anna, 2018)
    assert summary.before_source == "register"
    assert Person.objects.count() == 6


def test_waiting_is_told_in_months_from_identification(vera: Access, anna: Access) -> None:
    months = ("2018-05", "2018-08", "2019-02")
    new_case(*(new_person(measures=(("shelter", month),)) for month in months), by=vera)
    waited = {wait.measure: wait for wait in internal_summary(anna, 2018).waits}
    assert (waited["shelter"].months, waited["shelter"].persons) == (3, 3)
    assert (waited["return"].months, waited["return"].persons) == (None, 0)


def test_waiting_in_days_is_told_from_the_fewest_to_the_most_that_there_can_be(
    vera: Access, anna: Access
) -> None:
    """Identified on 2 May: in May 0 to 29 days, in August 91 to 121, in April from 31 before to 2 before."""
    for months, least, most in (
        (("2018-05",), 0, 29),
        (("2018-05", "2018-08"), 45.5, 75),
        (("2018-04",), -31, -2),
    ):
        case = new_case(
            *(new_person(on=date(2018, 5, 2), measures=(("return", month),)) for month in months), by=vera
        )
        wait = next(one for one in internal_summary(anna, 2018).waits if one.measure == "return")
        assert (wait.least, wait.most) == (least, most), months
        case.persons.update(status="not_victim")


def test_months_and_purposes_held_together_are_told_as_one_writes_them() -> None:
    labels = Labels(Reference.load())
    with translation.override("sv"):
        texts = [labels.category("month", "03"), labels.category("purpose_combination", "labour+begging")]
    assert texts == ["Mars", "Arbetskraftsexploatering + tiggeri"]


@pytest.mark.parametrize(("year", "base_code"), [(2019, "GB+eu"), (2021, "GB")])
def test_a_british_citizen_is_of_the_union_until_their_country_left_it(
    vera: Access, anna: Access, year: int, base_code: str
) -> None:
    new_case(new_person(citizenship="GB", on=date(year, 5, 2)), by=vera)
    assert [one.codes["citizenship"] for one in reported(anna, year)] == [base_code]
