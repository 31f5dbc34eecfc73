"""A small register in which everything belongs to region Väst, people of every role, and what nobody else may
read."""

from __future__ import annotations

import pickle
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import time_machine
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.test.client import ClientHandler

from accounts.access import Access
from accounts.models import Approval, User
from accounts.roles import Role
from accounts.sessions import SessionStore
from agencies.account_approvals import ask_account
from agencies.models import Code, Region
from cases import export_files
from cases.actions.calls import log_call, notify, write
from cases.actions.cases import remind
from cases.actions.sharing import ask_access, ask_transfer
from cases.drafts import keep, keep_sent_late as keep_late
from cases.models import Call, DuplicateReview, Message, Misregistration, Notification, Person, SentLate
from cases.views.files import selection
from home.line_notes import write_note
from home.models import LineNote
from jobs.models import Job
from legacy_import.models import SheetFigure, as_text
from legacy_import.spreadsheets import FilledAnswer, explain
from retention.models import Retention
from summaries.estimates.estimate import EstimateQuestion, answer
from summaries.models import JusticeFigure
from tests import database
from tests.actors import NOON, access, user
from tests.cases.spreadsheet import row, sheet
from tests.importers import brought, looked_at
from tests.makers import new_case, new_person

CASE_WORDS = ("Sekretess om ärendet", "Skäl till statusen", "HEMLIG-REF-7", "DNR-4711")
CALL_WORDS = ("Sekretess om samtalet",)
NOTICE_WORDS = ("Sekretess i anmälan",)  # Väst's alone
HANDLER = ClientHandler(enforce_csrf_checks=False)
MESSAGE_WORDS = ("Sekretess i meddelandet",)  # between Väst and the officer who notified
DRAFT_WORDS = ("Sekretess i utkastet",)  # Olle's alone


@dataclass
class World:
    """`objects` by name, each with the keyword arguments of its addresses; `numbers` of the case and its
    persons."""

    people: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    case: Any = None
    call: Any = None
    numbers: tuple[str, ...] = ()
    other_numbers: tuple[
        str, ...
    ] = ()  # of a case in region Mitt, whose coordinator is not among the readers
    empty: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        """Signed in already; a copy, since a page may sign out. One chain of middleware: making it takes a
        while."""
        client = Client()
        client.handler = HANDLER
        if name in self.clients:
            client.cookies = deepcopy(self.clients[name].cookies)
        client.cookies["django_language"] = "en"
        return client


@contextmanager
def undone() -> Iterator[None]:
    """Nothing of it stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def one_world() -> Iterator[World]:
    """One for a whole module of tests, each of which undoes what it did; the clock stands at noon."""
    with time_machine.travel(NOON, tick=False), undone():
        yield make_world()


@contextmanager
def filled_world(name: str = "world", more: Callable[[World], object] | None = None) -> Iterator[World]:
    """The same with the rows of `fill`, or of `more`, made once and copied (`tests.database`)."""

    def make() -> bytes:
        return _made_and_filled(more or fill)

    with time_machine.travel(NOON, tick=False), database.filled(name, make) as told, undone():
        world, cookies = pickle.loads(told)
        world.clients = {name: _with_cookies(kept) for name, kept in cookies.items()}
        yield world


def _made_and_filled(more: Callable[[World], object]) -> bytes:
    """Write the rows, and return the world but for the chain of middleware that its clients have."""
    world = make_world()
    more(world)
    cookies = {name: client.cookies for name, client in world.clients.items()}
    return pickle.dumps((replace(world, clients={}), cookies))


def _with_cookies(cookies: SimpleCookie) -> Client:
    client = Client()
    client.cookies = cookies
    return client


def people() -> dict[str, User]:
    return {
        "olle": user("Olle", Role.OPERATOR),
        "olga": user("Olga", Role.OPERATOR),
        "vast": user("Vera", Role.COORDINATOR, region="V"),
        "syd": user("Sven", Role.COORDINATOR, region="SY"),
        "mitt": user("Mette", Role.COORDINATOR, region="M"),
        "officer": user("Pia", Role.OFFICER, agency="police"),
        "officer2": user("Mia", Role.OFFICER, agency="migration"),
        "analyst": user("Ada", Role.ANALYST),
        "manager": user("Max", Role.MANAGER),
        "admin": user("Anna", Role.ADMINISTRATOR),
        "bo": user("Bo", Role.ADMINISTRATOR),
        "dpo": user("Dag", Role.DPO),
        "inactive": user("Ines", Role.COORDINATOR, region="V"),
        "demoted": user("Dora", Role.COORDINATOR, region="V"),
    }


def make_world() -> World:
    """People sign in first; then one is made inactive and one is given a lesser role. Nobody is new. A total
    of the courts and a rule of retention are no region's: they stand from the beginning."""
    world = World(people())
    User.objects.update(date_joined=NOON - timedelta(days=90))
    Retention.objects.create(
        kind="job", trigger="ended", years=2, decision="Beslut 1", decided_on=NOON, ground="10 § arkivlagen"
    )
    JusticeFigure.objects.create(year=2018, kind="convicted", value=3, source="Brå")
    for name, person in world.people.items():
        world.clients[name] = Client()
        world.clients[name].force_login(person)
    User.objects.filter(pk=world.people["inactive"].pk).update(is_active=False)
    User.objects.filter(pk=world.people["demoted"].pk).update(role=Role.ANALYST)
    return world


def fill(world: World) -> None:
    """Region Väst's case with two persons, its call, and all that waits."""
    olle, vera, mette = (access(world.people[name]) for name in ("olle", "vast", "mitt"))
    world.call = _call(olle)
    elsewhere = _elsewhere(world, mette)
    women = [
        new_person(
            status_reason=CASE_WORDS[1], reference="HEMLIG-REF-76", measures=(("reflection", "2018-06"),)
        ),
        new_person(child="yes"),
    ]
    world.case = case = new_case(
        *women, by=olle, region="V", note=CASE_WORDS[0], registry_number=CASE_WORDS[3]
    )
    first, second = case.persons.order_by("position")
    world.numbers = (case.number, first.number, second.number)
    first.measures.update(ends_on=NOON.date())
    reminder = remind(case=case, day=NOON.date(), text=CASE_WORDS[0], by=vera)
    mitt = Region.objects.get(code="M")
    transfer = ask_transfer(person=second, to_region=mitt, reason="Sekretess om ärendet: flyttad", by=vera)
    grant = ask_access(number=case.number, region=mitt, reason="Sekretess om ärendet: frågad", by=mette)
    review = DuplicateReview.objects.create(first=first, second=second, similarity=0.9, found_at=NOON)
    notification = _notification(world)
    world.objects = {
        "case": {"code": case.code},
        "call": {"code": world.call.code},
        "person": {"code": first.code},
        "identification": {"code": first.code, "pk": first.identifications.get().pk},
        "exploitation": {"code": first.code, "pk": first.exploitations.get().pk},
        "measure": {"code": first.code, "pk": first.measures.get().pk},
        "transfer": {"code": transfer.code},
        "reminder": {"code": reminder.code},
        "grant": {"code": grant.code},
        "review": {"code": review.code},
        "question": {"code": _question(elsewhere, first).code},
        "notification": {"code": notification.code},
        "message": {"code": _message(notification, world).code},
        "mistake": {"code": _mistake(first, vera).code},
        "region": {"region": "V"},
        "session": {"pk": _session(world).pk},
        "late": {"code": _late(vera).code},
        "line_note": {"code": _line_note(olle).code},
        "approval": {"code": _approval(world).code},
        **_runs(world),
    }


def _session(world: World) -> UserSession:
    """Of Vera's browser at home."""
    store = SessionStore()
    store.create()
    facts = {"ip": "127.0.0.1", "user_agent": "Firefox", "session_key": store.session_key}
    return UserSession.objects.create(user=world.people["vast"], **facts)


def _late(vera: Access) -> SentLate:
    """Region Väst has sent a note when the session had ended."""
    row = keep_late("/cases/new/", {"note": [CASE_WORDS[0]]}, by=vera)
    assert row is not None
    return row


def _line_note(olle: Access) -> LineNote:
    return write_note(text=CALL_WORDS[0], until=olle.today, by=olle)


def _mistake(person: Person, vera: Access) -> Misregistration:
    """Region Väst has taken something out that was registered by mistake."""
    facts = {"case_code": person.case.code, "case_number": person.case.number, "region_id": "V"}
    return Misregistration.objects.create(
        kind="measure",
        subject=person.code,
        number=person.number,
        reason=CASE_WORDS[0],
        by=vera.user,
        at=NOON,
        **facts,
    )


def _elsewhere(world: World, mette: Access) -> Person:
    case = new_case(new_person(county="23"), by=mette, region="M", note=CASE_WORDS[0])
    person = case.persons.get()
    world.other_numbers = (case.number, person.number)
    return person


def _question(other: Person, own: Person) -> DuplicateReview:
    """Whether somebody in Mitt is the same person: Väst may ask, and never sees the other record."""
    return DuplicateReview.objects.create(first=other, second=own, similarity=0.9, found_at=NOON)


def _call(olle: Access) -> Call:
    facts = {"referred_region_id": "V", "note": CALL_WORDS[0], "women": 1, "follow_up_due": NOON.date()}
    call = Call(received_at=NOON, received_on=NOON.date(), caller_group=Code.objects.of("caller")[0], **facts)
    call = log_call(call=call, lists={}, by=olle)
    Call.objects.filter(pk=call.pk).update(created_at=NOON)
    return call


def _approval(world: World) -> Approval:
    """Whether somebody new is let in: an administrator asks who is not among the readers, the manager may
    answer."""
    new = User(email="nils@example.org", name="Nils", role=Role.OPERATOR)
    bo = access(world.people["bo"])
    return ask_account(user=new, reason="Ny på stödtelefonen", site="http://testserver", by=bo)


def _notification(world: World) -> Notification:
    """The police tell region Väst; Olle has begun to write down a call."""
    keep("call", uuid.UUID(int=1), {"note": [DRAFT_WORDS[0]]}, by=access(world.people["olle"]))
    row = Notification(county_id="14", women=1, note=NOTICE_WORDS[0])
    return notify(notification=row, purposes=[], by=access(world.people["officer"]))


def _message(told: Notification, world: World) -> Message:
    """The officer asks something, which nobody of Väst has read."""
    return write(subject=told, text=MESSAGE_WORDS[0], seen="", by=access(world.people["officer"]))


def _runs(world: World) -> dict[str, dict[str, Any]]:
    """What is one person's own: a file that waits, an import that was made, a run, an estimate."""
    vera, ada = access(world.people["vast"]), access(world.people["analyst"])
    upload = looked_at("persons", sheet(row(case="HEMLIG-REF-77")), vera, "personer.csv")
    run = brought("persons", sheet(row(case="HEMLIG-REF-78")), vera).run
    assert run is not None
    export = export_files.ask(
        selection(QueryDict(), vera),
        by=vera,
        form="csv",
        purpose="Egen uppföljning",
        reason="",
        language="sv",
    )
    export_files.make(export, selection(QueryDict(), vera), by=vera)
    job = Job.objects.create(kind="import.look", owner=vera.user, params={"importer": "persons"})
    question = EstimateQuestion(2018, 2018, {"police": "PF", "social": "LA", "ngo": "NG"}, replicates=0)
    estimate = answer(question, by=ada, progress=lambda *_: None, cancelled=lambda: False)
    return {
        "upload": {"code": upload.code},
        "run": {"code": run.code},
        "export": {"code": export.code},
        "job": {"code": job.code},
        "estimate": {"pk": estimate.pk},
        **_taken_over(run, vera),
    }


def _taken_over(run: Any, vera: Access) -> dict[str, dict[str, Any]]:
    """What a sheet of Väst said of 2018, and an answer."""
    vast = Region.objects.get(code="V")
    SheetFigure.objects.create(
        run=run, region=vast, year=2018, position=1, sheet="Väst 2018", told=3, said=4, at=NOON,
        reasons=as_text([["not_victim", 1, [["Väst 2018", 4]]]]),
    )  # fmt: skip
    wanted = FilledAnswer("not_victim", 1, places=(("Väst 2018", 4),))
    answered = explain(year=2018, region=vast, wanted=wanted, seen=0, by=vera)
    return {
        "figure": {"region": "V", "year": 2018},
        "explanation": {"code": answered.code},
    }
