"""A year comes out when one has asked and another, who did not prepare it, has seen the same and said yes."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.access import Access
from accounts.approvals import AlreadyAnswered, NotAsItWas
from accounts.models import Approval, User
from accounts.roles import Role
from agencies.code_words import region_codes
from agencies.models import Region
from cases.models import YearConfirmation
from jobs import worker
from jobs.kinds import JobRefused
from summaries.release import actions
from summaries.release.approvals import wish
from summaries.release.models import Announcement, Publication
from summaries.release.release_actions import answer_question, ask_release
from tests.actors import access, user
from tests.makers import new_case, new_person
from tests.summaries.releasing import WHY, released
from tests.summaries.small_year import FINE, cells, prepare

pytestmark = pytest.mark.django_db
State = Publication.State
FREEZE = "/summaries/publications/2018/freeze/"
YEAR = "/summaries/publications/2018/"


@pytest.fixture(autouse=True)
def _run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)


@pytest.fixture
def anna(prepared: Publication) -> Access:
    """The analyst who prepared the draft."""
    return access(User.objects.get(name="Annika"))


@pytest.fixture
def draft(prepared: Publication) -> Publication:
    """Prepared by Annika; its text was edited by Otto."""
    generated = {language: text["generated"] for language, text in prepared.texts.items()}
    texts = {**generated, "sv": f"{generated['sv']} Tack."}
    return actions.edit_text(draft=prepared, texts=texts, by=access(user("Otto", Role.ANALYST)))


def as_(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


def notices_on(page: bytes) -> str:
    return " ".join(unescape(strip_tags(page.decode())).split())


def form(draft: Publication, state: str, **more: str) -> dict[str, str]:
    ticked = dict.fromkeys(("read_sv", "read_en", "alike"), "on")
    return {"digest": draft.digest, "state": state, "when": "once", **ticked, **more}


def otto() -> User:
    return User.objects.get(email="otto@example.org")


REASONS = {"unconfirmed_sv": "Alla kända ärenden är med.", "unconfirmed_en": "All known cases are counted."}


def test_a_year_that_regions_have_not_confirmed_is_final_with_reasons_that_were_read(
    draft: Publication, anna: Access
) -> None:
    analyst = as_(anna.user)
    page = notices_on(analyst.get(FREEZE).content)
    assert "0 av 7" in page
    assert "Göteborg" in page or "Väst" in page, "the regions that are missing are named"
    refused = analyst.post(FREEZE, form(draft, "final"))
    assert refused.status_code == 422
    assert f"0 av {len(region_codes())} regioner har stängt 2018" in notices_on(refused.content)
    unread = analyst.post(FREEZE, form(draft, "final", **REASONS) | {"read_en": ""})
    assert unread.status_code == 422
    assert "Alla kända ärenden är med." in unread.content.decode(), "nothing that was typed is lost"


def test_an_analyst_asks_and_the_manager_sees_the_same_says_yes_and_it_is_public(
    draft: Publication, anna: Access
) -> None:
    mona = user("Mona", Role.MANAGER)
    question = as_(anna.user).post(FREEZE, form(draft, "final", **REASONS))["Location"]
    assert Publication.objects.published().count() == 0
    assert [row.asked_by.name for row in Approval.objects.pending()] == ["Annika"]
    check_seen(as_(mona), question)
    as_(mona).post(question, {"answer": "yes"})
    worker.work(once=True)
    row = Publication.objects.published().get()
    assert (row.published_by, row.approved_by, row.state) == (anna.user, mona, "final")
    assert row.release["regions"] == [0, 7]
    outside = notices_on(Client().get("/statistik/2018/?lang=en").content)
    assert f"0 of {len(region_codes())} regions had closed the year when it was published." in outside
    assert "All known cases are counted." in outside


def test_a_release_is_asked_for_once_and_its_request_names_the_year_alone(
    draft: Publication, anna: Access
) -> None:
    analyst = as_(anna.user)
    assert f'href="{FREEZE}"' in analyst.get(YEAR).content.decode()
    analyst.post(FREEZE, form(draft, "final", **REASONS))
    assert f'href="{FREEZE}"' not in analyst.get(YEAR).content.decode(), "it waits for an answer"
    label = Approval.objects.pending().get().target_label
    assert label == "2018", "whoever answers may read another language"


def check_seen(manager: Client, question: str) -> None:
    assert question in manager.get("/").content.decode(), "it waits on My page"
    answer = manager.get(question).content
    assert '<span class="role">Chef</span>' in answer.decode(), "the head says who is signed in"
    seen = ("0 av 7", "Alla kända ärenden är med.", "Tack.", "Genast", "Kvinnor", "60")
    assert [words for words in seen if words not in notices_on(answer)] == []


def test_a_number_that_no_table_shows_needs_a_reason_and_a_mark_of_who_approves(
    draft: Publication, anna: Access
) -> None:
    generated = {language: text["generated"] for language, text in draft.texts.items()}
    labels = {"sv": "I Väst var 37 av dem barn.", "en": "In the west 37 of them were children."}
    texts = {language: f"{generated[language]}\n\n{words}" for language, words in labels.items()}
    draft = actions.edit_text(draft=draft, texts=texts, by=access(otto()))
    refused = as_(anna.user).post(FREEZE, form(draft, "preliminary"))
    assert refused.status_code == 422
    assert "Varför texten nämner tal som ingen tabell visar" in notices_on(refused.content)
    with pytest.raises(JobRefused, match="37"):
        ask_release(draft=draft, digest=draft.digest, wished=wish(draft, "preliminary"), note="", by=anna)
    reason = "Regionen har själv publicerat talet."
    question = as_(anna.user).post(FREEZE, form(draft, "preliminary", numbers=reason))["Location"]
    mona = as_(user("Mona", Role.MANAGER))
    assert reason in notices_on(mona.get(question).content)
    assert "de får sägas: 37" in notices_on(mona.get(question).content)
    assert mona.post(question, {"answer": "yes"}).status_code == 422
    with pytest.raises(NotAsItWas):
        answer_question(Approval.objects.get(), give=True, by=access(User.objects.get(name="Mona")))
    assert Approval.objects.get().answer == "pending"
    mona.post(question, {"answer": "yes", "numbers": "on"})
    assert Approval.objects.get().answer == "given"


@pytest.mark.parametrize(
    ("sv", "en", "asked"),
    [
        ("", "", False),
        ("Tack.", "Thanks.", False),
        ("Tack.", "", True),
        ("", "Thanks.", True),
        ("12 tack.", "13 thanks.", True),
    ],
)
def test_a_text_that_was_changed_in_one_language_asks_about_the_other(
    draft: Publication, anna: Access, sv: str, en: str, asked: bool
) -> None:
    more = {"sv": sv, "en": en}
    texts = {language: f"{text['generated']}\n\n{more[language]}" for language, text in draft.texts.items()}
    draft = actions.edit_text(draft=draft, texts=texts, by=access(otto()))
    reason = {"numbers": "Of another publication."}
    answer = as_(anna.user).post(FREEZE, form(draft, "preliminary", alike="", **reason))
    assert answer.status_code == (422 if asked else 302)
    assert ("de säger samma sak" in notices_on(answer.content)) is asked
    if asked:
        wished = wish(draft, "preliminary", **reason)
        with pytest.raises(JobRefused, match="olika sätt"):
            ask_release(draft=draft, digest=draft.digest, wished=wished, note="", by=anna)


def test_nobody_who_prepared_or_edited_it_answers_and_an_other_analyst_may(
    draft: Publication, anna: Access
) -> None:
    question = as_(anna.user).post(FREEZE, form(draft, "preliminary"))["Location"]
    for hand in (anna.user, otto()):
        assert 'name="answer"' not in as_(hand).get(question).content.decode()
        assert as_(hand).post(question, {"answer": "yes"}).status_code == 403
    pia = user("Pia", Role.ANALYST)
    assert as_(pia).post(question, {"answer": "no"}).status_code == 422, "a no says why"
    as_(pia).post(question, {"answer": "no", "reason": "The text lacks the boys."})
    asked = Approval.objects.get()
    assert (asked.answer, asked.answered_by) == ("declined", pia)
    assert "The text lacks the boys." in notices_on(as_(anna.user).get(question).content)
    assert not Publication.objects.published().exists()


def test_what_was_changed_since_it_was_asked_about_does_not_come_out(
    draft: Publication, anna: Access
) -> None:
    question = as_(anna.user).post(FREEZE, form(draft, "preliminary"))["Location"]
    pia, mona = user("Pia", Role.ANALYST), user("Mona", Role.MANAGER)
    actions.edit_text(draft=draft, texts={"sv": "Något annat.", "en": "Something else."}, by=access(pia))
    assert "har ändrats sedan" in notices_on(as_(mona).get(question).content)
    as_(mona).post(question, {"answer": "yes"})
    assert Approval.objects.get().answer == "pending"
    assert as_(pia).post(question, {"answer": "yes"}).status_code == 403, "she has edited its text by now"
    assert not Publication.objects.published().exists()


def test_of_two_who_ask_the_second_is_told_and_one_asks_anew_without_leaving_the_former(
    draft: Publication, anna: Access
) -> None:
    wished = wish(draft, State.PRELIMINARY, alike=True)
    facts = {"draft": draft, "digest": draft.digest, "note": ""}
    ask_release(wished=wished, by=anna, **facts)
    with pytest.raises(JobRefused, match="Någon annan har redan begärt"):
        ask_release(wished=wished, by=access(user("Pia", Role.ANALYST)), **facts)
    ask_release(
        wished=wish(draft, State.PRELIMINARY, alike=True, seen_before=["Regeringskansliet"]), by=anna, **facts
    )
    rows = Approval.objects.order_by("pk").values_list("answer", flat=True)
    assert list(rows) == ["withdrawn", "pending"]


def test_of_two_who_answer_one_is_told_and_a_yes_is_used_once(draft: Publication, anna: Access) -> None:
    mona, pia = access(user("Mona", Role.MANAGER)), access(user("Pia", Role.ANALYST))
    wished = wish(draft, State.PRELIMINARY, alike=True)
    asked = ask_release(draft=draft, digest=draft.digest, wished=wished, note="", by=anna)
    assert answer_question(asked, give=True, by=mona) is not None
    with pytest.raises(AlreadyAnswered):
        answer_question(asked, give=False, by=pia, reason="Too late.")
    given = Approval.objects.get()
    facts = {"draft": draft, "by": anna, "approval": given}
    given.payload["state"] = State.FINAL
    with pytest.raises(JobRefused):
        actions.publish(**facts)
    given.payload["state"] = State.PRELIMINARY
    assert actions.publish(**facts).version == 1
    with pytest.raises(actions.Moved):
        actions.publish(**facts)


def test_the_database_keeps_no_version_that_one_person_released_or_withdrew(
    prepared: Publication, anna: Access
) -> None:
    row = released(draft=prepared, digest=prepared.digest, state=State.FINAL, by=anna)
    rows = Publication.objects.filter(pk=row.pk)
    for broken in (
        {"approved_by": None},
        {"approved_by": anna.user},
        {"state": State.WITHDRAWN, "withdrawn_reason": "Wrong.", "withdrawn_reason_en": "Wrong.",
         "withdrawn_at": anna.at, "withdrawn_by": anna.user, "withdrawal_approved_by": anna.user},
        {"state": State.WITHDRAWN, "withdrawn_reason": "Wrong.", "withdrawn_at": anna.at,
         "withdrawn_by": anna.user, "withdrawal_approved_by": row.approved_by},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**broken)


def test_where_nothing_is_announced_nothing_is_cancelled(anna: Access) -> None:
    assert as_(anna.user).get(f"{YEAR}announce/cancel/").status_code == 404


def test_no_hour_is_announced_that_is_past(anna: Access) -> None:
    past = announced()[1] | {"at_0": "2019-01-01"}
    assert as_(anna.user).post(f"{YEAR}announce/", past).status_code == 422


def announced() -> tuple[datetime, dict[str, str]]:
    """An hour in three days, and what is posted to announce it."""
    hour = timezone.localtime(timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0)
    return hour, {"at_0": f"{hour:%Y-%m-%d}", "at_1": f"{hour:%H:%M}", "contact": "Statistikenheten"}


def test_an_announced_version_is_frozen_before_public_at_its_hour_and_can_be_called_off(
    draft: Publication, anna: Access
) -> None:
    analyst, mona = as_(anna.user), user("Mona", Role.MANAGER)
    hour, day = announced()
    analyst.post(f"{YEAR}announce/", day)
    assert [(row.year, row.at) for row in Announcement.objects.coming(timezone.now())] == [(2018, hour)]
    seen = {"seen_before": "Regeringskansliet\n\n"}
    question = analyst.post(FREEZE, form(draft, "preliminary", **seen) | {"when": "hour"})["Location"]
    as_(mona).post(question, {"answer": "yes"})
    worker.work(once=True)
    row = Publication.objects.published().get()
    assert (row.published_at, row.release["seen_before"]) == (hour, ["Regeringskansliet"])
    assert Client().get("/statistik/2018/").status_code == 404
    assert "Fryst" in notices_on(analyst.get(YEAR).content)
    next_one = actions.protect_draft(year=2018, by=anna)
    assert "väntar på sin tid" in notices_on(analyst.post(FREEZE, form(next_one, "preliminary")).content)
    on = analyst.post(f"{YEAR}v1/call-off/")
    assert on["Location"] == "/summaries/publications/2018/announce/cancel/", (
        "the announced hour is cancelled too"
    )
    row.refresh_from_db()
    assert row.never_public
    with time_machine.travel(hour + timedelta(minutes=1), tick=False):
        assert Client().get("/statistik/2018/v1/").status_code == 404
        assert "2018" not in notices_on(Client().get("/statistik/").content)


def test_what_was_asked_for_at_an_hour_does_not_come_out_when_the_hour_is_cancelled_or_moved(
    draft: Publication, anna: Access
) -> None:
    analyst, mona = as_(anna.user), user("Mona", Role.MANAGER)
    hour, day = announced()
    analyst.post(f"{YEAR}announce/", day)
    question = analyst.post(FREEZE, form(draft, "preliminary") | {"when": "hour"})["Location"]
    half = analyst.post(f"{YEAR}announce/cancel/", {"reason": "Två regioner saknas.", "reason_en": ""})
    assert half.status_code == 422
    assert "Två regioner saknas." in half.content.decode(), "nothing that was typed is lost"
    assert as_(mona).get(f"{YEAR}announce/cancel/").status_code == 403
    why = {"reason": "Två regioner saknas.", "reason_en": "Two regions are missing."}
    assert analyst.post(f"{YEAR}announce/cancel/", why).status_code == 302
    assert "Två regioner saknas." in notices_on(Client().get("/statistik/").content)
    refused = as_(mona).post(question, {"answer": "yes"}, follow=True)
    assert "flyttats eller ställts in" in notices_on(refused.content)
    moved = day | {"at_0": f"{hour + timedelta(days=1):%Y-%m-%d}"}
    analyst.post(f"{YEAR}announce/", moved)
    as_(mona).post(question, {"answer": "yes"})
    assert Approval.objects.get().answer == "pending"
    assert not Publication.objects.published().exists()
    assert "Två regioner saknas." not in notices_on(Client().get("/statistik/").content)


def test_nothing_is_revised_where_nothing_differs(prepared: Publication, anna: Access) -> None:
    released(draft=prepared, digest=prepared.digest, state=State.FINAL, by=anna)
    first = Client().get("/statistik/2018/andringar/?lang=en")
    assert "Nothing has changed" in notices_on(first.content)
    same = prepare(anna, FINE)
    same.texts = Publication.objects.get(version=1).texts
    same.save()
    wished = wish(same, State.REVISED, revised=WHY)
    with pytest.raises(JobRefused, match="Ingenting skiljer"):
        ask_release(draft=same, digest=same.digest, wished=wished, note="", by=anna)


def test_a_revised_version_says_why_and_what_changed(
    prepared: Publication, vera: Access, anna: Access
) -> None:
    released(draft=prepared, digest=prepared.digest, state=State.FINAL, by=anna)
    new_case(*[new_person(sex="M", main="labour", county="01", agency="social") for _n in range(9)], by=vera)
    changed = prepare(anna, FINE)
    half = wish(changed, State.REVISED, revised={"sv": "Nio män saknades.", "en": ""})
    with pytest.raises(JobRefused, match="båda språken"):
        ask_release(draft=changed, digest=changed.digest, wished=half, note="", by=anna)
    row = released(draft=changed, digest=changed.digest, state=State.REVISED, by=anna)
    assert cells(row, "groups")["*",] == (69, "shown")
    for language, words in (("sv", WHY["sv"]), ("en", WHY["en"])):
        assert words in notices_on(Client().get(f"/statistik/2018/?lang={language}").content)
    table = notices_on(Client().get("/statistik/2018/andringar/?lang=en").content)
    assert "Men 12 21" in table
    assert "Women" not in table.partition("Men 12 21")[0].rpartition("Figure")[2], (
        "what is equal is not listed"
    )


def test_a_confirmed_year_is_final_without_a_reason(draft: Publication, anna: Access) -> None:
    for region in Region.objects.all():
        YearConfirmation.objects.create(region=region, year=2018, at=anna.at, by=anna.user)
    wished = wish(draft, State.FINAL, alike=True)
    assert ask_release(draft=draft, digest=draft.digest, wished=wished, note="", by=anna).answer == "pending"
