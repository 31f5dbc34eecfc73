"""Is it the same person? Within scope side by side; across regions a question that shows nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client

from accounts.access import Access
from accounts.roles import Role
from audit.models import Event
from cases.actions.duplicates import HINTS_A_DAY, PAIRS_A_DAY, TooManyQuestions, ask_other_region, decide
from cases.actions.persons import register_persons
from cases.choices import Decision
from cases.duplicates.records import most
from cases.models import DuplicateReview, Person, Try
from tests.actors import access, user
from tests.cases.pages import box_of
from tests.makers import hand_over, new_case, new_person
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
FACTS = {
    "age_class": "25-34",
    "citizenship": "MN",
    "county": "21",
    "main": "begging",
}  # few have these together


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V", language="en"))


@pytest.fixture
def sune() -> Access:
    return access(user("Sune", Role.COORDINATOR, region="SY", language="en"))


def twins(first: Access, region: str, second: Access, other: str) -> DuplicateReview:
    """The same person, registered by one and then by the other a few days later, under the same reference."""
    new_case(new_person(on=date(2018, 5, 2), reference="EX-7", **FACTS), by=first, region=region)
    new_case(new_person(on=date(2018, 5, 6), reference="EX-7", **FACTS), by=second, region=other)
    if other != region:
        night()
    return DuplicateReview.objects.get()


@pytest.mark.parametrize(("persons", "pairs"), [(1, 1), (4, 0)])
def test_one_registered_again_in_a_case_is_found_by_the_reference_that_few_of_it_have(
    vera: Access, persons: int, pairs: int
) -> None:
    """Many who have one reference have that of the whole case."""
    case = new_case(*(new_person(reference="EX-7", **FACTS) for _n in range(persons)), by=vera)
    later = replace(vera, at=vera.at + timedelta(minutes=9))
    register_persons(case=case, persons=[new_person(reference="EX-7", **FACTS)], by=later)
    assert DuplicateReview.objects.count() == pairs
    night()
    assert DuplicateReview.objects.count() == pairs


@pytest.mark.parametrize("persons", [2, 3, 5])
def test_persons_of_one_form_were_told_to_be_several_and_nobody_is_asked(vera: Access, persons: int) -> None:
    new_case(*(new_person(reference="EX-7", **FACTS) for _n in range(persons)), by=vera)
    night()
    assert DuplicateReview.objects.count() == 0


def night() -> None:
    call_command("find_duplicates", stdout=StringIO())


def signed_in(who: Access) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def test_a_likely_duplicate_in_scope_is_proposed_after_saving_and_nothing_is_merged(vera: Access) -> None:
    review = twins(vera, "V", vera, "V")
    assert (review.decision, Person.objects.counted().count()) == ("open", 2)


def test_the_case_leads_to_the_comparison_until_it_is_judged(vera: Access) -> None:
    review = twins(vera, "V", vera, "V")
    client = signed_in(vera)
    for case in (review.first.case, review.second.case):
        (alike,) = client.get(case.get_absolute_url()).context["page"].alike
        assert (alike.person, alike.address) == ("P1", f"/cases/duplicates/{review.code}/")
    decide(review, decision=Decision.DIFFERENT, reason="r", by=vera)
    assert client.get(case.get_absolute_url()).context["page"].alike == []


def test_persons_of_one_case_are_never_proposed(vera: Access) -> None:
    new_case(new_person(reference="EX-7", **FACTS), new_person(reference="EX-8", **FACTS), by=vera)
    assert not DuplicateReview.objects.exists()


def test_persons_who_differ_are_not_proposed(vera: Access) -> None:
    new_case(new_person(**FACTS), by=vera)
    new_case(new_person(sex="M", on=date(2018, 11, 1), citizenship="RO", county="14"), by=vera)
    assert not DuplicateReview.objects.exists()


def test_side_by_side_and_judged_the_same_they_are_counted_once_until_judged_otherwise(vera: Access) -> None:
    review = twins(vera, "V", vera, "V")
    client, address = signed_in(vera), f"/cases/duplicates/{review.code}/"
    page = client.get(address).content.decode()
    assert all(text in page for text in ("V-2018-0001-P1", "V-2018-0002-P1", "Mongolia", "2018-05-06"))
    assert ">close in time<" in page  # some days apart, which is not the same day
    assert ">alike<" in page
    assert client.post(address, {"decision": "same", "reason": "Same reference."}).status_code == 302
    assert Person.objects.counted().count() == 1
    client.post(address, {"decision": "different", "reason": "Mistaken."})
    assert Person.objects.counted().count() == 2


def test_before_it_is_judged_one_reads_which_record_stays_and_afterwards_finds_it_again(
    vera: Access, sune: Access
) -> None:
    review = twins(vera, "V", vera, "V")
    client, address = signed_in(vera), f"/cases/duplicates/{review.code}/"
    page = client.get(address)
    assert page.context["stays"] == review.first
    assert "It can be undone" in page.content.decode()
    assert '<td role="cell" data-label="V-2018-0001-P1">EX-7</td>' in page.content.decode()
    client.post(address, {"decision": "same", "reason": "Same reference."})
    review.first.refresh_from_db()
    assert review.first.same_as_id is None
    response = client.get("/cases/duplicates/")
    assert [row.pk for row in response.context["judged"]] == [review.pk]
    assert address in response.content.decode()
    assert "Same reference." in client.get(address).content.decode()
    assert signed_in(sune).get("/cases/duplicates/").context["judged"] == []


def test_earlier_judgements_come_in_pages(vera: Access) -> None:
    new_case(*[new_person() for _n in range(30)], by=vera)
    first, *others = Person.objects.order_by("pk")
    for other in others:
        row = DuplicateReview(first=first, second=other, similarity=1, found_at=vera.at, at=vera.at)
        row.decision, row.by = Decision.DIFFERENT, vera.user
        row.save()
    client = signed_in(vera)
    page = client.get("/cases/duplicates/").context
    rest = client.get(f"/cases/duplicates/{page['next']}").context
    assert [len(page["judged"]), len(rest["judged"]), rest["next"]] == [25, 4, ""]


def test_a_judgement_needs_a_reason(vera: Access) -> None:
    review = twins(vera, "V", vera, "V")
    response = signed_in(vera).post(f"/cases/duplicates/{review.code}/", {"decision": "same", "reason": ""})
    assert response.status_code == 200
    assert Person.objects.counted().count() == 2


class TestAcrossRegions:
    @pytest.fixture
    def review(self, vera: Access, sune: Access) -> DuplicateReview:
        """Vera's record is the older; Sune registers the same person, and the night passes."""
        return twins(vera, "V", sune, "SY")

    def test_the_later_region_is_told_nothing_but_that_it_may_ask(
        self, review: DuplicateReview, sune: Access
    ) -> None:
        page = signed_in(sune).get(review.second.get_absolute_url()).content.decode()
        assert "The person is possibly registered elsewhere: ask." in page
        assert review.first.number not in page
        assert "Väst" not in page
        assert "2018-05-02" not in page

    def test_the_case_leads_the_later_region_to_its_own_person_and_tells_the_earlier_nothing(
        self, review: DuplicateReview, sune: Access, vera: Access
    ) -> None:
        (alike,) = signed_in(sune).get(review.second.case.get_absolute_url()).context["page"].alike
        assert alike.address == review.second.get_absolute_url()
        assert signed_in(vera).get(review.first.case.get_absolute_url()).context["page"].alike == []

    def test_neither_the_pair_nor_the_other_record_opens(
        self, review: DuplicateReview, sune: Access, vera: Access
    ) -> None:
        for who in (sune, vera):
            assert signed_in(who).get(f"/cases/duplicates/{review.code}/").status_code == 404
            assert review.first.number not in signed_in(sune).get("/cases/duplicates/").content.decode()

    def test_the_earlier_region_is_told_nothing_before_it_is_asked(
        self, review: DuplicateReview, vera: Access
    ) -> None:
        page = signed_in(vera).get(review.first.get_absolute_url()).content.decode()
        assert "similar person" not in page

    def test_the_region_asked_sees_its_own_record_and_nothing_of_the_other(
        self, review: DuplicateReview, sune: Access, vera: Access
    ) -> None:
        assert signed_in(sune).post(f"/cases/duplicates/{review.code}/ask/").status_code == 302
        client = signed_in(vera)
        assert "Is it the same person?" in client.get("/").content.decode()
        shown = client.get(f"/cases/duplicates/{review.code}/")
        page = shown.content.decode()
        assert {line.agrees for line in shown.context["lines"]} == {None}  # it would tell the fact
        assert review.first.number in page
        for hidden in ("Agree", review.second.number, "2018-05-06"):
            assert hidden not in page
        assert not re.search(r"\bSyd\b", page)  # as a word: the tokens of forms have such letters by chance
        client.post(f"/cases/duplicates/{review.code}/", {"decision": "same", "reason": "Same reference."})
        assert Person.objects.counted().count() == 1

    def test_the_asker_learns_the_answer_and_no_more(
        self, review: DuplicateReview, sune: Access, vera: Access
    ) -> None:
        decide(ask_other_region(review, by=sune), decision=Decision.SAME, reason="r", by=vera)
        page = signed_in(sune).get(review.second.get_absolute_url()).content.decode()
        assert "The person is counted once." in page
        assert review.first.number not in page

    def test_the_region_asked_finds_its_answer_and_may_change_it_without_learning_more(
        self, review: DuplicateReview, sune: Access, vera: Access
    ) -> None:
        client, address = signed_in(vera), f"/cases/duplicates/{review.code}/"
        assert client.get("/cases/duplicates/").context["judged"] == []
        decide(ask_other_region(review, by=sune), decision=Decision.SAME, reason="r", by=vera)
        listed = client.get("/cases/duplicates/").content.decode()
        shown = client.get(address)
        assert address in listed
        for page in (listed, shown.content.decode()):
            assert review.first.number in page
            assert review.second.number not in page
        assert shown.context["stays"] is None  # which is the earlier would tell of the other
        client.post(address, {"decision": "different", "reason": "Mistaken."})
        assert Person.objects.counted().count() == 2

    def test_who_has_asked_may_change_the_answer_without_learning_more(
        self, review: DuplicateReview, sune: Access, vera: Access
    ) -> None:
        client, address = signed_in(sune), f"/cases/duplicates/{review.code}/"
        decide(ask_other_region(review, by=sune), decision=Decision.SAME, reason="r", by=vera)
        page = client.get(address).content.decode()
        assert review.second.number in page
        for text in (review.first.number, "2018-05-02", "Väst"):
            assert text not in page
        client.post(address, {"decision": "different", "reason": "Mistaken."})
        assert Person.objects.counted().count() == 2

    def test_only_the_region_asked_answers(self, review: DuplicateReview, sune: Access, vera: Access) -> None:
        for who in (sune, vera):
            with pytest.raises(PermissionDenied):
                decide(review, decision=Decision.SAME, reason="r", by=who)
        ask_other_region(review, by=sune)
        review.refresh_from_db()
        with pytest.raises(PermissionDenied):
            decide(review, decision=Decision.SAME, reason="r", by=sune)
        decide(review, decision=Decision.UNSURE, reason="r", by=vera)

    def test_a_question_follows_the_record_that_it_is_about_to_its_new_region(
        self, review: DuplicateReview, sune: Access, vera: Access
    ) -> None:
        nina = access(user("Nina", Role.COORDINATOR, region="N", language="en"))
        ask_other_region(review, by=sune)
        hand_over(review.first, by=vera, to=nina)

        waiting = [list(DuplicateReview.objects.waiting_for(who)) for who in (vera, sune, nina)]
        assert waiting == [[], [], [review]]
        with pytest.raises(PermissionDenied):
            decide(review, decision=Decision.SAME, reason="r", by=vera)
        page, address = signed_in(nina), f"/cases/duplicates/{review.code}/"
        assert address in page.get("/").content.decode()
        page.post(address, {"decision": "same", "reason": "Same reference."})
        assert Person.objects.counted().count() == 1

    def test_a_question_about_a_record_that_comes_to_the_asker_is_a_pair_of_theirs(
        self, review: DuplicateReview, sune: Access, vera: Access
    ) -> None:
        ask_other_region(review, by=sune)
        hand_over(review.first, by=vera, to=sune)
        assert not DuplicateReview.objects.waiting_for(sune).exists()
        assert list(DuplicateReview.objects.visible_to(sune)) == [review]
        decide(review, decision=Decision.SAME, reason="r", by=sune)

    def test_the_page_of_a_person_offers_the_question_beside_an_earlier_answer(
        self, sune: Access, vera: Access
    ) -> None:
        third = new_case(new_person(sex="M"), by=vera).persons.get()
        review = twins(vera, "V", sune, "SY")
        own = review.second
        decide(ask_other_region(review, by=sune), decision=Decision.DIFFERENT, reason="r", by=vera)
        DuplicateReview.objects.create(first=third, second=own, similarity=1, found_at=sune.at)
        page = signed_in(sune).get(own.get_absolute_url()).content.decode()
        assert "The person is possibly registered elsewhere: ask." in page

    def test_questions_are_recorded_and_few_a_day(
        self, review: DuplicateReview, sune: Access, vera: Access
    ) -> None:
        person = review.first
        new_case(*[new_person() for _ in range(PAIRS_A_DAY)], by=sune, region="SY")
        others = Person.objects.filter(case__region="SY").exclude(pk=review.second_id)
        for other in others:
            row = DuplicateReview.objects.create(first=person, second=other, similarity=13, found_at=sune.at)
            ask_other_region(row, by=sune)
        assert Event.objects.filter(action="duplicate.ask", actor=sune.actor).count() == PAIRS_A_DAY
        with pytest.raises(TooManyQuestions):
            ask_other_region(review, by=sune)

    def test_a_hint_of_another_regions_record_is_in_the_audit_log(self, review: DuplicateReview) -> None:
        hint = Event.objects.get(action="duplicate.hint")
        assert hint.target_label == review.second.number

    def test_whoever_invents_persons_to_look_for_somebody_learns_nothing_before_the_night(
        self, review: DuplicateReview, sune: Access, vera: Access
    ) -> None:
        across = DuplicateReview.objects.of_own_record(sune)
        told = across.count()
        for _day in range(HINTS_A_DAY + 2):
            new_case(new_person(on=date(2018, 5, 7), reference="EX-7", **FACTS), by=sune, region="SY")
        assert across.count() == told
        night()
        assert across.count() > told

    def test_tries_are_counted_whatever_is_found_and_stop_nobody(self, sune: Access, vera: Access) -> None:
        new_case(new_person(reference="EX-7", **FACTS), by=vera)
        before = Try.objects.count()
        for _time in range(HINTS_A_DAY + 5):
            new_case(new_person(reference="EX-7", **FACTS), by=sune, region="SY")
        new_case(new_person(sex="M", on=date(2012, 1, 1)), new_person(sex="F"), by=sune, region="SY")
        assert Try.objects.count() == before + HINTS_A_DAY + 6
        assert most(sune.at)[0][:3] == (sune.user.name, HINTS_A_DAY + 6, HINTS_A_DAY + 7)

    def test_of_ones_own_region_one_is_told_at_once(self, vera: Access) -> None:
        new_case(new_person(reference="EX-7", **FACTS), by=vera)
        new_case(new_person(on=date(2018, 5, 9), reference="EX-7", **FACTS), by=vera)
        assert DuplicateReview.objects.visible_to(vera).count() == 1

    def test_the_data_protection_officer_sees_who_compares_most(self, vera: Access) -> None:
        dag = access(user("Dag", Role.DPO, language="en"))
        with time_machine.travel(vera.at, tick=False):
            new_case(new_person(reference="EX-7", **FACTS), by=vera)
            page = signed_in(dag).get("/").content.decode()
            own = signed_in(vera).get("/").content.decode()
        assert "Most comparisons of persons, last 7 days" in page
        assert vera.user.name in page
        assert "Most comparisons of persons, last 7 days" not in own

    def test_asking_twice_is_asking_once(self, review: DuplicateReview, sune: Access) -> None:
        ask_other_region(review, by=sune)
        ask_other_region(review, by=sune)
        assert Event.objects.filter(action="duplicate.ask").count() == 1


class TestAfterATransfer:
    """Vera has judged two records of hers, and handed one of them over to Syd."""

    @pytest.fixture
    def review(self, vera: Access, sune: Access) -> DuplicateReview:
        review = twins(vera, "V", vera, "V")
        decide(review, decision=Decision.SAME, reason="Same reference.", by=vera)
        hand_over(review.second, by=vera, to=sune)
        return DuplicateReview.objects.get()

    @pytest.mark.parametrize("who", mostly_long(["vera", "sune"], usual=["sune"]))
    def test_either_region_finds_it_by_number_and_changes_it(
        self, review: DuplicateReview, who: str, request: pytest.FixtureRequest
    ) -> None:
        client, address = signed_in(request.getfixturevalue(who)), f"/cases/duplicates/{review.code}/"
        listed = client.get("/cases/duplicates/").content.decode()
        assert all(text in listed for text in (address, review.first.number, review.second.number))
        assert Person.objects.counted().count() == 1
        client.post(address, {"decision": "different", "reason": "Mistaken."})
        assert Person.objects.counted().count() == 2

    @pytest.mark.parametrize(("who", "unseen"), [("vera", "2018-05-06"), ("sune", "2018-05-02")])
    def test_nothing_of_the_other_record_but_its_number_is_shown(
        self, review: DuplicateReview, who: str, unseen: str, request: pytest.FixtureRequest
    ) -> None:
        shown = signed_in(request.getfixturevalue(who)).get(f"/cases/duplicates/{review.code}/")
        page = shown.content.decode()
        assert all(number in page for number in (review.first.number, review.second.number))
        assert unseen not in page
        assert "Same reference." not in page
        assert (shown.context["stays"], {line.agrees for line in shown.context["lines"]}) == (None, {None})

    def test_the_page_of_either_person_leads_to_the_judgement(
        self, review: DuplicateReview, vera: Access, sune: Access
    ) -> None:
        for who, person in ((vera, review.first), (sune, review.second)):
            page = signed_in(who).get(person.get_absolute_url()).content.decode()
            assert f"/cases/duplicates/{review.code}/" in page

    @pytest.mark.parametrize(
        ("judge", "told"), [("vera", "sune"), pytest.param("sune", "vera", marks=pytest.mark.long)]
    )
    def test_the_other_region_is_told_for_a_week_what_was_judged(
        self, review: DuplicateReview, judge: str, told: str, request: pytest.FixtureRequest
    ) -> None:
        by, other = request.getfixturevalue(judge), request.getfixturevalue(told)
        decide(review, decision=Decision.DIFFERENT, reason="Mistaken.", by=by)
        assert (_box(by, by.at), _box(other, by.at)) == ([], ["different persons"])
        assert _box(other, by.at + timedelta(days=8)) == []

    def test_a_third_region_finds_nothing(self, review: DuplicateReview) -> None:
        nils = access(user("Nils", Role.COORDINATOR, region="N"))
        assert signed_in(nils).get(f"/cases/duplicates/{review.code}/").status_code == 404
        with pytest.raises(PermissionDenied):
            decide(review, decision=Decision.DIFFERENT, reason="r", by=nils)


def _box(who: Access, at: datetime) -> list[str]:
    """What stands on My page as judged by another region."""
    with time_machine.travel(at, tick=False):
        box = box_of(signed_in(who), "Judged by another region")
    return [row.hint.rsplit(" ", 1)[0].lower() for row in box.rows] if box else []


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("same", "The person is counted once."),
        pytest.param("different", "They are two persons, and each record counts.", marks=pytest.mark.long),
        pytest.param("unsure", "Until somebody knows, each record counts.", marks=pytest.mark.long),
    ],
)
def test_what_is_said_of_the_count_follows_the_judgement(vera: Access, decision: str, said: str) -> None:
    review = twins(vera, "V", vera, "V")
    sent = {"decision": decision, "reason": "Looked at both."}
    answer = signed_in(vera).post(f"/cases/duplicates/{review.code}/", sent, follow=True)
    assert [str(one) for one in answer.context["messages"]] == [f"Your judgement is saved. {said}"]


def test_an_operator_judges_no_duplicates(vera: Access) -> None:
    review = twins(vera, "V", vera, "V")
    client = signed_in(access(user("Olle", Role.OPERATOR)))
    assert client.get("/cases/duplicates/").status_code == 403
    assert client.get(f"/cases/duplicates/{review.code}/").status_code == 404
    assert client.post(f"/cases/duplicates/{review.code}/ask/").status_code == 404


def test_a_nightly_command_compares_everybody_once(vera: Access) -> None:
    twins(vera, "V", vera, "V")
    DuplicateReview.objects.all().delete()
    out = StringIO()
    call_command("find_duplicates", stdout=out)
    call_command("find_duplicates", stdout=out)
    assert out.getvalue() == "1 new pairs to judge\n0 new pairs to judge\n"
