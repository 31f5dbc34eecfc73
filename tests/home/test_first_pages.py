"""The first page of each role is one short list: its words, links and height have budgets. A large case does
not make it loud, and what is done in somebody's stead stands apart."""

from __future__ import annotations

import re
import sys
from datetime import datetime, timedelta
from html import unescape
from typing import Any, Final

import pytest
import time_machine
from django.utils import timezone

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from agencies.models import Code, Region
from cases.actions.calls import log_call, notify
from cases.actions.cases import remind
from cases.actions.sharing import ask_access, ask_transfer
from cases.models import Call, Notification
from home.my_page import number_waiting
from nmt_site.context import items_for
from tests.actors import NOON, access, user
from tests.cases.pages import signed_in
from tests.cases.test_two_regions_in_the_browser import browser_of
from tests.makers import new_case, new_person

LINES: Final = 8
ABOVE_THE_FOLD: Final = 180  # words at 1280 x 900
WHOLE: Final = {Role.COORDINATOR: 330, Role.OPERATOR: 260}  # words of the page, with what is folded
WHOLE_OF_OTHERS: Final = 200
LINKS: Final = 40
HEIGHT: Final = 1100  # pixels at 1280
MENU: Final = 6  # entries
WORD: Final = re.compile(r"[^\W_]+(?:[-.:][^\W_]+)*")
VISIBLE_WORDS: Final = """() => {
  const main = document.querySelector("main");
  const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  let seen = "";
  while (texts.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    if (!texts.currentNode.parentElement.checkVisibility()) continue; // folded
    const box = range.getBoundingClientRect();
    if (box.height > 1 && box.width > 1 && box.top < innerHeight) seen += ` ${texts.currentNode.data}`;
  }
  return [seen, main.querySelectorAll("a").length, document.documentElement.scrollHeight];
}"""


def busy(at: datetime) -> dict[Role, User]:
    """Somebody of each role, with more to do than a page holds: Vera of Väst stands in for Syd."""
    people = {
        role: user(role.value, role, region="V" if role == Role.COORDINATOR else "", agency="police")
        for role in Role
    }
    vera, olle = (access(people[role], at) for role in (Role.COORDINATOR, Role.OPERATOR))
    sune, pia = access(user("Sune", Role.COORDINATOR, region="SY"), at), access(people[Role.OFFICER], at)
    Region.objects.get(code="SY").coordinators.create(
        user=people[Role.COORDINATOR], kind="deputy", name="Vera", valid_from=at.date(),
        valid_to=at.date() + timedelta(days=7),
    )  # fmt: skip
    for n in range(12):
        row = Call(
            received_at=at - timedelta(days=3, hours=n), caller_group=Code.objects.of("caller")[n % 3],
            caller_county_id="14", referred_region_id="SY" if n % 3 == 0 else "V",
            urgency="acute" if n < 2 else "general", follow_up_due=at.date() + timedelta(days=n - 2),
        )  # fmt: skip
        log_call(call=row, lists={"topics": Code.objects.filter(key="topic:person")}, by=olle)
    Call.objects.update(created_at=at - timedelta(days=3))
    for n in range(3):
        theirs = new_case(by=sune, region="SY")
        ask_transfer(
            person=theirs.persons.get(), to_region=Region.objects.get(code="V"), reason="Flyttad.", by=sune
        )
        own = new_case(new_person(measures=(("reflection", "2019-02"),)), by=vera)
        own.persons.get().measures.update(ends_on=at.date() + timedelta(days=n), answer="accepted")
        remind(case=own, day=at.date(), text="Boka tolk till mötet", by=vera)
        ask_access(
            number=own.number, region=Region.objects.get(code="V"), reason="Samma person kan finnas.", by=sune
        )
        notify(notification=Notification(county_id="14", women=1), purposes=[], by=pia)
    return people


def forty(vera: Access) -> None:
    """A case of forty persons of whom little is known, all with a period that ends soon."""
    case = new_case(*[new_person(measures=(("reflection", "2019-02"),)) for _n in range(40)], by=vera)
    for person in case.persons.all():
        person.measures.update(ends_on=vera.today + timedelta(days=20), answer="accepted")


def words(html: str) -> list[str]:
    main = html.split("<main", 1)[1].split("</main>")[0]
    return WORD.findall(unescape(re.sub(r"<[^>]*>", " ", main.split(">", 1)[1])))


@pytest.mark.django_db
class TestWords:
    @pytest.fixture(autouse=True)
    def _at_noon(self) -> Any:
        with time_machine.travel(NOON, tick=False):
            yield

    def test_the_whole_page_of_each_role_holds_its_budget_and_the_menu_has_six_entries(self) -> None:
        for role, person in busy(NOON).items():
            found = words(signed_in(person).get("/").content.decode())
            menu = items_for(access(person))
            sys.stdout.write(f"{role}: {len(found)} words, {len(menu)} entries of the menu\n")
            assert len(found) <= WHOLE.get(role, WHOLE_OF_OTHERS), role
            assert len(menu) <= MENU, role

    def test_eight_lines_are_shown_and_those_of_the_other_region_apart(self) -> None:
        shown = signed_in(busy(NOON)[Role.COORDINATOR]).get("/").context
        own, stood_in = shown["work"]
        assert len(own[2]) + len(stood_in[2]) == LINES
        assert (own[0], {row.region for row in own[2]} <= {"V", ""}) == ("", True)
        assert (stood_in[0], {row.region for row in stood_in[2]}) == ("Syd", {"SY"})
        urls = [row.url for _region, _until, rows in shown["work"] for row in rows]
        assert len(set(urls)) == LINES

    def test_a_case_of_forty_persons_changes_the_number_by_at_most_one(self) -> None:
        vera = access(busy(NOON)[Role.COORDINATOR])
        before = number_waiting(vera)
        forty(vera)
        assert before <= number_waiting(vera) <= before + 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_above_the_fold_of_each_role_are_at_most_180_words(chromium: Any, live_server: Any) -> None:
    now = timezone.now()
    people = busy(now)
    forty(access(people[Role.COORDINATOR], now))
    for role, person in people.items():
        with browser_of(chromium, live_server, person) as page:
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto("/")
            seen, links, height = page.evaluate(VISIBLE_WORDS)
        found = len(WORD.findall(seen))
        sys.stdout.write(f"{role}: {found} words above the fold, {links} links, {height} pixels\n")
        assert (found <= ABOVE_THE_FOLD, links <= LINKS, height <= HEIGHT) == (True, True, True), role
