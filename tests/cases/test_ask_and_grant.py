"""One case of another region: asked for with a reason, granted by that region for at most 24 hours, or
declined."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils.html import strip_tags

from accounts.approvals import AlreadyAnswered
from accounts.models import User
from accounts.roles import Role
from agencies.models import Region
from audit.models import Event
from cases.actions.sharing import answer_access, answer_transfer, ask_access, ask_transfer
from cases.models import AccessGrant, Call, Case, Person, Transfer
from tests.actors import NOON, access, user
from tests.at_once import at_once
from tests.cases.pages import box_of, coordinator, errors_of, signed_in
from tests.makers import hand_over, new_case, new_person
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
REASON = "Samma uppgifter kan finnas i ett ärende hos oss."


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def karin():
    """Of region Väst: the one who asks."""
    return coordinator("V")


@pytest.fixture
def sven():
    """Of region Syd: the one who is asked."""
    return coordinator("SY", "Sven")


@pytest.fixture
def case(sven):
    return new_case(new_person(), new_person(), by=access(sven), region="SY")


def client_of(person):
    client = signed_in(person)
    client.cookies["django_language"] = "en"
    return client


def test_after_ten_questions_a_day_no_more_are_taken(karin, case, at_noon):
    syd = Region.objects.get(code="SY")
    for number in range(2, 12):
        ask_access(number=f"SY-2018-{number:04}", region=syd, reason=REASON, by=access(karin))
    assert "At most 10 questions a day" in ask(karin, case.number, follow=True).content.decode()
    assert not AccessGrant.objects.filter(case=case).exists()
    at_noon.shift(timedelta(days=1, minutes=1))
    ask(karin, case.number)
    assert AccessGrant.objects.filter(case=case).exists()


def test_the_number_of_a_person_asks_for_its_case(karin, case):
    ask(karin, f" {case.number.lower()}-p1")
    assert AccessGrant.objects.filter(case=case).exists()


def words_of(answer):
    return " ".join(strip_tags(answer.content.decode()).split())


def ask(person, number, reason=REASON, what=("persons", "note"), follow=False):
    sent = {"number": number, "reason": reason, "what": what}
    return client_of(person).post("/cases/access/", sent, follow=follow)


def grant(person, asked, hours="24", reason=""):
    return client_of(person).post(f"/cases/access/{asked.code}/", {"hours": hours, "reason": reason})


def granted(asker, giver, case, hours=24):
    asked = ask_access(number=case.number, region=case.region, reason=REASON, by=access(asker))
    return answer_access(grant=asked, hours=hours, reason="", by=access(giver))


def test_asked_granted_read_and_over(karin, sven, case, at_noon):
    karins = client_of(karin)
    assert karins.get(case.get_absolute_url()).status_code == 404
    ask(karin, case.number)
    assert box_of(client_of(sven), "Access asked for") is not None
    asked = AccessGrant.objects.get()
    shown = words_of(client_of(sven).get(f"/cases/access/{asked.code}/"))
    assert "Karin · West" in shown
    grant(sven, asked)
    assert "Access that you have asked for" in karins.get("/").content.decode()
    page = karins.get(case.get_absolute_url()).content.decode()
    assert "Another region lets you read this until" in page
    assert "2019-03-02 13:00" in page
    at_noon.shift(timedelta(hours=24, seconds=1))
    assert client_of(karin).get(case.get_absolute_url()).status_code == 404


def test_what_another_region_lets_one_read_is_not_taken_along_in_a_file(karin, sven, case):
    own = new_case(new_person(), by=access(karin))
    granted(karin, sven, case)
    client = client_of(karin)
    assert case.number in client.get("/cases/").content.decode()
    answer = client.post("/cases/export/", {"format": "csv", "purpose": REASON, "reason": REASON})
    file = b"".join(client.get(answer["Location"] + "file/").streaming_content).decode()
    assert own.number in file
    assert case.number not in file


def test_the_strip_is_on_every_page_of_the_case(karin, sven, case):
    granted(karin, sven, case, hours=8)
    person, client = case.persons.first(), client_of(karin)
    for address in (case.get_absolute_url(), f"{case.get_absolute_url()}history/", person.get_absolute_url()):
        assert "2019-03-01 21:00" in client.get(address).content.decode()


def test_a_grant_is_for_reading(karin, sven, case):
    granted(karin, sven, case)
    person, client = case.persons.first(), client_of(karin)
    for address in ("edit/", "state/", "suspects/", "persons/add/", "measures/add/"):
        assert client.post(f"{case.get_absolute_url()}{address}", {}).status_code == 403
    for address in ("edit/", "transfer/"):
        assert client.get(f"{person.get_absolute_url()}{address}").status_code == 403


def test_what_a_granted_person_lacks_is_named_and_only_what_an_own_one_lacks_is_filled_in(karin, sven, case):
    theirs, own = case.persons.order_by("position")
    hand_over(own, by=access(sven), to=access(karin))
    granted(karin, sven, case)
    answer = client_of(karin).get(case.get_absolute_url())
    page = answer.content.decode()
    assert f'"/cases/persons/{own.code}/edit/' in page
    assert f'"/cases/persons/{theirs.code}/"' in page
    assert f"/cases/persons/{theirs.code}/edit/" not in page
    assert {lacking.person for lacking in answer.context["page"].missing} == {"P2"}


def test_the_answer_is_the_same_whether_or_not_the_case_exists(karin, case):
    sentences = []
    for number in (case.number, "SY-2018-9999", "V-2018-9999"):
        response = ask(karin, number, follow=True)
        sentences.append((response.redirect_chain, list(map(str, response.context["messages"]))))
    assert sentences[0] == sentences[1] == sentences[2]
    client = client_of(karin)
    waits = box_of(client, "Access that you have asked for")
    assert waits is not None
    rows = waits.rows
    assert {row.hint for row in rows} == {"waiting for an answer"}
    assert len({client.get(row.url).content.decode().count("<dt>") for row in rows}) == 1


def test_a_question_about_persons_of_two_regions_looks_like_one_about_none(karin, sven, case):
    mette = coordinator("M", "Mette")
    moved = case.persons.first()
    transfer = ask_transfer(
        person=moved, to_region=mette.assignments.get().region, reason="x", by=access(sven)
    )
    answer_transfer(transfer=transfer, accept=True, reason="", by=access(mette))
    ask(karin, case.number)
    assert AccessGrant.objects.count() == 2
    assert AccessGrant.objects.asked_by_oneself(access(karin)).count() == 1
    grant(mette, AccessGrant.objects.get(region="M"))
    assert list(Person.objects.visible_to(access(karin))) == [
        moved
    ]  # not those of the region that has not answered


@pytest.mark.parametrize(
    ("facts", "field", "message"),
    [
        ({"reason": "För kort."}, "reason", "at least 20 characters"),
        pytest.param({"reason": ""}, "reason", "Answer the question", marks=pytest.mark.long),
        ({"what": []}, "what", "Say what you need to read"),
        ({"reason": "Kvinnan har personnummer 850709-9805 och bor hos oss."}, "reason", "must not contain"),
        pytest.param({"number": "Svensson"}, "number", "such as V-2018-0012", marks=pytest.mark.long),
        pytest.param({"number": "Q-2018-0001"}, "number", "such as V-2018-0012", marks=pytest.mark.long),
    ],
)
def test_what_is_asked_must_say_which_and_why(karin, case, facts, field, message):
    sent = {"number": case.number, "reason": REASON, "what": ["persons"], **facts}
    response = client_of(karin).post("/cases/access/", sent)
    assert message in " ".join(errors_of(response)[field])
    assert not AccessGrant.objects.exists()


def test_how_long_a_reason_must_be_is_said_beside_its_field_before_it_is_written(karin, case):
    help_text = (
        "Write nothing that could identify a person: no names, numbers or addresses. At least 20 characters."
    )
    assert help_text in words_of(client_of(karin).get("/cases/access/"))


@pytest.fixture
def noted(sven):
    """A case of Syd with a note, and two persons of whom one is of Mitt now."""
    case = new_case(new_person(), new_person(), by=access(sven), region="SY", note="Hotad av arbetsgivaren")
    hand_over(case.persons.earliest("position"), by=access(sven), to=access(coordinator("M", "Mette")))
    return case


@pytest.mark.parametrize(
    ("what", "asked", "note", "persons"),
    [
        (["persons"], {"M", "SY"}, False, 2),
        (["note"], {"SY"}, True, 0),
        pytest.param(["persons", "note"], {"M", "SY"}, True, 2, marks=pytest.mark.long),
    ],
)
def test_what_was_asked_for_is_opened_and_nothing_else(karin, sven, noted, what, asked, note, persons):
    ask(karin, noted.number, what=what)
    assert set(AccessGrant.objects.values_list("region", flat=True)) == asked
    for row in AccessGrant.objects.all():
        grant(sven if row.region_id == "SY" else User.objects.get(name="Mette"), row)

    page = client_of(karin).get(noted.get_absolute_url()).content.decode()

    assert ("Hotad av arbetsgivaren" in page) == note
    assert Person.objects.visible_to(access(karin)).count() == persons


def test_who_grants_its_persons_does_not_open_another_region_s_note(karin, noted):
    ask(karin, noted.number)
    grant(User.objects.get(name="Mette"), AccessGrant.objects.get(region="M"))
    page = client_of(karin).get(noted.get_absolute_url()).content.decode()
    assert "Hotad av arbetsgivaren" not in page
    assert Person.objects.visible_to(access(karin)).count() == 1


def test_who_has_a_person_of_the_case_asks_for_its_note(sven, noted):
    mette = User.objects.get(name="Mette")
    assert "Hotad" not in client_of(mette).get(noted.get_absolute_url()).content.decode()
    ask(mette, noted.number, what=["note"])
    grant(sven, AccessGrant.objects.get())
    assert "Hotad" in client_of(mette).get(noted.get_absolute_url()).content.decode()
    assert client_of(mette).get(f"{noted.get_absolute_url()}edit/").status_code == 403


class TestARequestGoesWhereThePersonsAre:
    @pytest.fixture
    def mette(self):
        return coordinator("M", "Mette")

    def test_who_gets_all_persons_answers_and_nobody_else(self, karin, sven, mette, case):
        ask(karin, case.number)
        for person in case.persons.all():
            hand_over(person, by=access(sven), to=access(mette))
        assert box_of(client_of(sven), "Access asked for") is None
        assert not AccessGrant.objects.waiting_for(access(sven)).exists()
        assert box_of(client_of(mette), "Access asked for") is not None
        (asked,) = AccessGrant.objects.waiting_for(access(mette))
        assert (asked.reason, asked.asked_by, asked.persons, asked.note) == (REASON, karin, True, True)
        grant(mette, asked)
        assert set(Person.objects.visible_to(access(karin))) == set(case.persons.all())

    def test_who_gets_one_of_two_is_asked_too(self, karin, sven, mette, case):
        ask(karin, case.number, what=["persons"])
        hand_over(case.persons.first(), by=access(sven), to=access(mette))
        assert AccessGrant.objects.waiting_for(access(sven)).count() == 1
        assert AccessGrant.objects.waiting_for(access(mette)).count() == 1
        assert AccessGrant.objects.asked_by_oneself(access(karin)).count() == 1

    def test_the_note_is_asked_of_who_has_the_case(self, karin, sven, mette, case):
        ask(karin, case.number, what=["note"])
        one, other = case.persons.all()
        hand_over(one, by=access(sven), to=access(mette))
        assert not AccessGrant.objects.waiting_for(access(mette)).exists()
        hand_over(other, by=access(sven), to=access(mette))
        assert not AccessGrant.objects.waiting_for(access(sven)).exists()
        assert AccessGrant.objects.waiting_for(access(mette)).count() == 1

    def test_who_asked_and_gets_the_persons_is_answered_by_that(self, karin, sven, case):
        ask(karin, case.number)
        for person in case.persons.all():
            hand_over(person, by=access(sven), to=access(karin))
        assert [row.answer for row in AccessGrant.objects.all()] == ["withdrawn"]
        assert client_of(karin).get(case.get_absolute_url()).status_code == 200

    def test_back_again_it_waits_where_it_was_asked(self, karin, sven, mette, case):
        ask(karin, case.number)
        for giver, taker in ((sven, mette), (mette, sven)):
            for person in case.persons.all():
                hand_over(person, by=access(giver), to=access(taker))
        assert not AccessGrant.objects.waiting_for(access(mette)).exists()
        assert AccessGrant.objects.waiting_for(access(sven)).count() == 1

    def test_who_has_declined_is_not_asked_again(self, karin, sven, mette, case):
        first, second = case.persons.all()
        hand_over(first, by=access(sven), to=access(mette))
        ask(karin, case.number)
        grant(mette, AccessGrant.objects.get(region="M"), hours="0", reason="Sekretess gäller, kontakta oss.")
        hand_over(second, by=access(sven), to=access(mette))
        assert not AccessGrant.objects.filter(answer="pending").exists()


def test_who_has_granted_ends_it_at_once_and_sees_how_often_it_was_read(karin, sven, case, at_noon):
    ask(karin, case.number)
    asked = AccessGrant.objects.get()
    grant(sven, asked)
    address = f"/cases/access/{asked.code}/"
    assert "Not yet" in client_of(sven).get(address).content.decode()
    at_noon.shift(timedelta(minutes=6))
    for _n in range(2):
        client_of(karin).get(case.get_absolute_url())
    at_noon.shift(timedelta(minutes=4))

    page = client_of(sven).post(f"{address}end/", follow=True).content.decode()

    assert client_of(karin).get(case.get_absolute_url()).status_code == 404
    assert "2 times, last 2019-03-01 13:06" in page
    for who in (sven, karin):
        shown = client_of(who).get(address).content.decode()
        assert ">ended" in shown
        assert "2019-03-01 13:10" in shown
        assert "End the access now" not in shown
    assert Event.objects.filter(action="access.end").count() == 1


def test_only_the_giver_ends_access(karin, sven, case):
    ask(karin, case.number)
    asked = AccessGrant.objects.get()
    grant(sven, asked)
    address = f"/cases/access/{asked.code}/end/"
    assert client_of(karin).post(address).status_code == 403
    assert client_of(coordinator("M", "Mette")).post(address).status_code == 404
    assert client_of(karin).get(case.get_absolute_url()).status_code == 200


def test_declining_says_why_and_opens_nothing(karin, sven, case):
    ask(karin, case.number)
    asked = AccessGrant.objects.get()
    assert "Say why you decline." in str(errors_of(grant(sven, asked, hours="0")))
    grant(sven, asked, hours="0", reason="Sekretess gäller, kontakta oss.")
    assert client_of(karin).get(case.get_absolute_url()).status_code == 404
    assert "Sekretess gäller" in client_of(karin).get(f"/cases/access/{asked.code}/").content.decode()


def test_both_stand_in_the_audit_log(karin, sven, case):
    ask(karin, case.number)
    grant(sven, AccessGrant.objects.get())
    events = Event.objects.filter(action__in=["access.ask", "access.grant"]).order_by("sequence")
    assert [(e.actor, e.action, e.target_label) for e in events] == [
        ("karin@example.org", "access.ask", case.number),
        ("sven@example.org", "access.grant", case.number),
    ]


def test_a_case_that_one_sees_already_is_opened_at_once(sven, case):
    assert ask(sven, case.number, follow=True).redirect_chain[-1][0] == case.get_absolute_url()
    assert not AccessGrant.objects.exists()


class TestNobodyGrantsThemselves:
    @pytest.fixture
    def asked(self, karin, case):
        return ask_access(number=case.number, region=case.region, reason=REASON, by=access(karin))

    def test_the_asker_sees_no_form(self, karin, asked):
        assert "Your answer" not in client_of(karin).get(f"/cases/access/{asked.code}/").content.decode()
        assert grant(karin, asked).status_code == 403

    def test_not_as_a_deputy_in_the_other_region_either(self, karin, asked):
        karin.assignments.create(
            region_id="SY", kind="deputy", name="Karin", valid_from=NOON.date(), valid_to=NOON.date()
        )
        assert access(karin).regions == {"V", "SY"}
        assert grant(karin, asked).status_code == 403
        assert not AccessGrant.objects.waiting_for(access(karin)).exists()
        asked.refresh_from_db()
        assert asked.answer == "pending"

    def test_no_third_region_answers(self, asked):
        assert grant(coordinator("M", "Mette"), asked).status_code == 404

    @pytest.mark.parametrize(
        "role",
        mostly_long(
            [Role.OPERATOR, Role.OFFICER, Role.ANALYST, Role.MANAGER, Role.ADMINISTRATOR],
            usual=[Role.OPERATOR, Role.ADMINISTRATOR],
        ),
    )
    def test_no_other_role_asks_or_answers(self, asked, role):
        other = user("Other", role)
        assert ask(other, "SY-2018-0001").status_code == 403
        assert grant(other, asked).status_code == 404
        with pytest.raises(PermissionDenied):
            answer_access(grant=asked, hours=1, reason="", by=access(other))

    def test_never_for_more_than_a_day(self, sven, asked):
        with pytest.raises(ValueError, match="24 hours"):
            answer_access(grant=asked, hours=25, reason="", by=access(sven))


def test_a_grant_opens_neither_calls_nor_other_cases(karin, sven, case):
    other = new_case(by=access(sven), region="SY")
    granted(karin, sven, case)
    assert list(Case.objects.visible_to(access(karin))) == [case]
    assert not Call.objects.visible_to(access(karin)).exists()
    assert client_of(karin).get(other.get_absolute_url()).status_code == 404


def test_a_grant_is_of_no_use_without_a_region_of_ones_own(karin, sven, case):
    granted(karin, sven, case)
    karin.assignments.update(valid_to=NOON.date() - timedelta(days=1))
    assert not Case.objects.visible_to(access(karin)).exists()
    assert not Person.objects.visible_to(access(karin)).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_holds_and_the_other_is_told(karin, sven, case):
    stina = coordinator("SY", "Stina")
    asked = ask_access(number=case.number, region=case.region, reason=REASON, by=access(karin))
    told = []

    def answer(who):
        try:
            answer_access(grant=asked, hours=8 * who, reason="", by=access((sven, stina)[who]))
        except AlreadyAnswered as first:
            told.append(first.row.answer)

    at_once(answer)
    asked.refresh_from_db()
    assert told == [asked.answer]
    assert Event.objects.filter(action__in=["access.grant", "access.decline"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_a_transfer_at_once_one_wins_and_the_other_is_told(karin, sven, case):
    per = coordinator("V", "Per")
    person = case.persons.first()
    asked = ask_transfer(person=person, to_region=karin.assignments.get().region, reason="x", by=access(sven))
    told = []

    def answer(who):
        try:
            answer_transfer(transfer=asked, accept=True, reason="", by=access((karin, per)[who]))
        except AlreadyAnswered as first:
            told.append(first.row.answer)

    at_once(answer)
    assert told == ["accepted"]
    assert Transfer.objects.get().answered_by in {karin, per}
    assert Person.objects.get(pk=person.pk).responsible_region_id == "V"
    assert Event.objects.filter(action="transfer.accepted").count() == 1


def test_the_clock_of_the_request_decides(karin, sven, case):
    asked = ask_access(number=case.number, region=case.region, reason=REASON, by=access(karin))
    answer_access(grant=asked, hours=1, reason="", by=access(sven))
    seen = [
        Case.objects.visible_to(access(karin, at)).exists()
        for at in (
            NOON + timedelta(minutes=59),
            NOON + timedelta(minutes=60),
            datetime(2019, 3, 2, tzinfo=UTC),
        )
    ]
    assert seen == [True, False, False]
