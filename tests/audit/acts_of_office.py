"""What analysts, administrators and commands do."""

from __future__ import annotations

import io
from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db.models import Model
from django.urls import reverse

from accounts.access import Access
from accounts.approvals import answer as approve, ask, needs_two
from accounts.invitations import new_code
from accounts.models import UrgentLetter, User
from accounts.roles import May, Role
from agencies.account_approvals import (
    appoint_deputy,
    ask_account,
    ask_assignment,
    ask_change,
    ask_factor,
    invite_alone,
    stop_deputy,
)
from agencies.admin import delete_code
from agencies.models import Agency, Code, Coordinator
from agencies.stand_ins import ask_stand_in, end_deputies, end_stand_in
from audit.segments import close_year, dispose_year
from audit.writer import System, Target
from audit_pages.proof import verify_audit_log
from cases.actions.calls import link_case
from cases.actions.duplicates import note
from cases.actions.sharing import hand_back
from cases.models import Case, Notification, Person
from exchange import runs
from exchange.runs import undo
from home import notifications
from home.models import Reminder
from home.notifications import send_unsent_reminders
from retention.archive import archive
from retention.disposal import ask_rule
from retention.export import export_everything
from retention.models import Retention
from summaries.counting.historical import decide_standing_exemption
from summaries.estimates.estimate import EstimateQuestion, answer as estimated
from summaries.release import actions as publishing
from summaries.release.corrections import attack_again
from summaries.release.models import AttackResult, Exemption, Publication
from summaries.release.release_actions import announce, call_off, cancel, withdraw_release
from summaries.release.workbench import try_exemption
from summaries.tables.protection import protect_year
from tests.actors import NOON, access
from tests.audit.acts import Act, admin
from tests.audit.acts_of_casework import QUESTION, person_key
from tests.audit.events import tamper
from tests.audit.versions import draft, freeze, frozen, published, release_asked_for, version, waits
from tests.cases.spreadsheet import row, sheet
from tests.importers import looked_at, uploaded
from tests.world import World


def reminded(world: World) -> None:
    Reminder.objects.create(user=world.people["vast"], day=NOON.date(), count=1)


def told_at_once(world: World) -> None:
    vera = world.people["vast"]
    vera.at_once_from = NOON
    vera.save()
    UrgentLetter.objects.create(user=vera, about="transfer:1", at=NOON)


def _estimate(*, by: Access) -> Any:
    question = EstimateQuestion(2017, 2018, {"police": "PF", "social": "LA", "ngo": "NG"}, replicates=0)
    return estimated(question, by=by, progress=lambda *_: None, cancelled=lambda: False)


def command(name: str, *args: Any, **options: Any) -> Act:
    def do(world: World, _given: Any) -> Any:
        values = [arg(world) if callable(arg) else arg for arg in args]
        with TemporaryDirectory() as folder:
            file = Path(folder, "rows.csv")
            file.write_bytes(options.get("file", b""))
            try:
                return call_command(
                    name, *(file if value == FILE else value for value in values), stdout=io.StringIO()
                )
            except CommandError as error:
                return str(error)  # such as that this role may not

    return Act(do)


def by(who: str, do: Callable[..., Any], prepare: Callable[[World], Any] = lambda world: {}) -> Act:
    """A verb itself, which a background run carries out; `prepare` returns its arguments. It is given
    copies: done a second time it finds its rows as they were."""
    return Act(lambda world, given: do(**copies(given), by=access(world.people[who])), prepare)


def copies(given: dict[str, Any]) -> dict[str, Any]:
    return {name: copy(value) if isinstance(value, Model) else value for name, value in given.items()}


def protected(world: World) -> dict[str, Any]:
    ada = access(world.people["analyst"])
    return {"year": 2018, "steps": {}, "found": protect_year(ada, 2018, {}, seconds=1)}


def keep_draft(*, year: int, steps: dict[str, int], found: Any, by: Access) -> Any:
    return publishing._keep(year, steps, found, by)


def exemption(world: World) -> Exemption:
    ada = access(world.people["analyst"])
    return publishing.ask_exemption(year=2018, table="main_purpose", reason="Redan känt", by=ada)


def exemption_of(_draft: Publication, world: World) -> Exemption:
    return exemption(world)


def closed(world: World) -> None:
    close_year(2019, by=System(), at=datetime(2020, 1, 2, tzinfo=UTC))


needs_two("test.release", title="Release", asks=(May.PUBLISH,), answers=(May.APPROVE_EXCEPTION,))
RELEASE: Final = Target("summary", "2018", "2018")


def question(world: World) -> Any:
    return ask("test.release", RELEASE, reason="Klart", by=access(world.people["analyst"]))


def attacked_before(world: World) -> None:
    version(world)
    AttackResult.objects.all().delete()


def announced(world: World) -> dict[str, Any]:
    announce(year=2018, at=NOON + timedelta(days=9), contact="Statistik", by=access(world.people["analyst"]))
    return {"year": 2018, "reason": "Underlaget är försenat.", "reason_en": "The data are late."}


AGENCIES: Final = b"code;name_sv;name_en;kind\nny;Ny myndighet;New agency;police\n"


def sent(world: World) -> dict[str, Any]:
    return {"kept": uploaded("agencies", AGENCIES, access(world.people["admin"]))}


def shown(world: World) -> dict[str, Any]:
    return {"kept": looked_at("agencies", AGENCIES, access(world.people["admin"])), "good_rows": False}


def taken_in(world: World) -> dict[str, Any]:
    return {"run": runs.confirm(**shown(world), by=access(world.people["admin"]))}


def asked_for(world: World, ask_it: Callable[..., Any], whose: str) -> dict[str, Any]:
    """An administrator's question about somebody, who would be a coordinator."""
    person = User.objects.get(pk=world.people[whose].pk)
    person.role = Role.COORDINATOR
    asked = ask_it(user=person, reason="Ny tjänst", by=access(world.people["admin"]))
    return {"asked": asked, "give": True, "reason": "Ringt"}


def region(world: World) -> Any:
    card = Coordinator(region_id="V", user=world.people["mitt"], name="Mette", valid_from=NOON.date())
    return ask_assignment(card=card, reason="Ny tjänst", by=access(world.people["admin"]))


def deputy(world: World) -> Coordinator:
    last = NOON.date() + timedelta(days=4)
    return Coordinator(
        region_id="V", user=world.people["syd"], name="Sven", valid_from=NOON.date(), valid_to=last
    )


def stands_in(world: World) -> User:
    card = deputy(world)
    card.kind = Coordinator.Kind.DEPUTY
    card.save()
    return world.people["syd"]


def stands_in_for_manager(world: World) -> Any:
    ada, admin, manager = (access(world.people[name]) for name in ("analyst", "admin", "manager"))
    first, last = NOON.date(), NOON.date() + timedelta(days=9)
    asked = ask_stand_in(user=ada.user, first=first, last=last, reason="Semester", by=admin)
    return approve(asked, give=True, by=manager)


def had_by_a_deputy(world: World) -> None:
    Case.objects.filter(pk=world.case.pk).update(responsible=world.people["syd"])


def rule_asked_for(world: World) -> dict[str, Any]:
    rule = Retention(
        kind="case", trigger="closed", years=5, decision="Beslut 1", decided_on=NOON.date(), ground="10 §"
    )
    return {"asked": ask_rule(rule=rule, reason="Beslutat", by=access(world.people["admin"])), "give": True}


def invited_alone(world: World) -> dict[str, Any]:
    new = User(email="ny@example.org", name="Ny", role=Role.OFFICER)
    _link, asked = invite_alone(user=new, site="http://testserver", by=access(world.people["admin"]))
    return {"asked": asked, "give": True, "reason": "Ringt"}


def let_in_already(world: World) -> dict[str, Any]:
    new = User(email="ny@example.org", name="Ny", role=Role.OPERATOR)
    manager = access(world.people["manager"])
    asked = ask_account(user=new, reason="Ny", site="http://testserver", by=access(world.people["admin"]))
    return {
        "asked": approve(asked, give=True, by=manager),
        "user": User.objects.get(email="ny@example.org"),
        "by": manager,
    }


def exported() -> Any:
    with TemporaryDirectory() as folder:
        return export_everything(Path(folder, "all"), at=NOON)


def archived() -> Any:
    with TemporaryDirectory() as folder:
        return archive(Path(folder, "2018"), 2018, at=NOON)


FILE: Final = "a file"
FIGURES: Final = {
    "protects a year": by("analyst", keep_draft, protected),
    "chooses coarser": by(
        "analyst", publishing.choose_steps, lambda world: {"year": 2018, "steps": {"county": 1}}
    ),
    "edits a text": by(
        "analyst", publishing.edit_text, lambda world: {"draft": draft(world), "texts": {"sv": "Ny"}}
    ),
    "asks for an exemption": by(
        "analyst",
        publishing.ask_exemption,
        lambda world: {"year": 2018, "table": "main_purpose", "reason": "Känt"},
    ),
    "works out what an exemption would do": by(
        "manager", try_exemption, lambda world: {"exemption": exemption_of(draft(world), world)}
    ),
    "approves an exemption": by(
        "manager", publishing.answer_exemption, lambda world: {"exemption": exemption(world), "approve": True}
    ),
    "asks for an approval": by(
        "analyst", ask, lambda world: {"act": "test.release", "on": RELEASE, "reason": "Klart"}
    ),
    "approves what another asked for": by(
        "manager", approve, lambda world: {"asked": question(world), "give": True}
    ),
    "publishes": by("analyst", freeze, frozen),
    "withdraws": by("manager", withdraw_release, published),
    "calls a release off": by("analyst", call_off, waits),
    "announces a release": by(
        "analyst",
        announce,
        lambda world: {"year": 2018, "at": NOON + timedelta(days=9), "contact": "Statistik"},
    ),
    "cancels a release": by("analyst", cancel, announced),
    "looks at what is to be released": Act(
        lambda world, _given: world.client("analyst").get(
            reverse("summaries:publication_freeze", args=[2018])
        ),
        draft,
    ),
    "looks at a release that is asked for": Act(
        lambda world, address: world.client("manager").get(address), release_asked_for
    ),
    "attacks again": Act(lambda world, _given: attack_again(at=NOON), attacked_before),
    "answers how many there may be": by("analyst", _estimate),
    "reads overlaps": Act(
        lambda world, _given: world.client("analyst").get(reverse("summaries:dark_figure"), QUESTION)
    ),
    "reads the newest year on My page": Act(
        lambda world, _given: world.client("manager").get(reverse("home:my_page"))
    ),
    "decides the standing exemption": Act(lambda world, _given: decide_standing_exemption()),
    "prints a year's inner figures": command("yearly_summary", "2018", "--internal"),
    "prints a year's protected figures": command("yearly_summary", "2018"),
    "prints an estimate": command("dark_figure", "2018"),
}
LISTS: Final = {
    "invites somebody": admin(
        "admin",
        "accounts_user_add",
        {"email": "nina@example.org", "name": "Nina", "role": "officer", "language": "", "is_active": "on"},
    ),
    "changes a role": admin(
        "admin",
        "accounts_user_change",
        {"email": "olga@example.org", "name": "Olga", "role": "officer", "language": "", "is_active": "on"},
        lambda world: world.people["olga"].pk,
    ),
    "takes a second factor": by("manager", approve, lambda world: asked_for(world, ask_factor, "olle")),
    "gets a role by two": by("manager", approve, lambda world: asked_for(world, ask_change, "analyst")),
    "gets a region by two": by("vast", approve, lambda world: {"asked": region(world), "give": True}),
    "appoints a deputy": by("vast", appoint_deputy, lambda world: {"card": deputy(world)}),
    "ends who stands in for a manager": by(
        "admin", end_stand_in, lambda world: {"asked": stands_in_for_manager(world)}
    ),
    "stops a deputy": by(
        "vast", stop_deputy, lambda world: {"card": stands_in(world).assignments.get(kind="deputy")}
    ),
    "hands back what a deputy had": Act(lambda _world, _given: hand_back(NOON), had_by_a_deputy),
    "answers about a rule of retention": by("manager", approve, rule_asked_for),
    "ends the days of a deputy": by("admin", end_deputies, lambda world: {"user": stands_in(world)}),
    "tells a new user the code": by("manager", approve, invited_alone),
    "shows a new code": Act(lambda world, given: new_code(**given), let_in_already),
    "exports everything": Act(lambda world, _given: exported()),
    "archives a year": Act(lambda world, _given: archived()),
    "breaks the glass": command("break_glass", "anna@example.org", "--site", "http://testserver"),
    "changes an agency": admin(
        "admin",
        "agencies_agency_change",
        {"code": "police", "name_sv": "Polisen", "name_en": "Police", "kind": "agency_kind:police"},
        lambda world: Agency.objects.get(code="police").pk,
    ),
    "removes a code": by(
        "admin",
        delete_code,
        lambda world: {"code": Code.objects.create(key="topic:x", list="topic", label_sv="x", label_en="x")},
    ),
    "exports a list": admin("admin", "agencies_agency_export", {"format": "csv", "purpose": "Kontroll"}),
    "previews a list": by("admin", runs.look, sent),
    "uploads a list": Act(
        lambda world, _given: world.client("admin").post(
            reverse("admin:agencies_agency_import"), {"file": SimpleUploadedFile("a.csv", AGENCIES)}
        )
    ),
    "imports a list": by("admin", runs.confirm, shown),
    "takes a list back": by("admin", undo, taken_in),
    "reads a person in the admin": admin("vast", "cases_person_change", None, person_key),
    "lists persons in the admin": admin("vast", "cases_person_changelist"),
    "reads a history in the admin": admin("vast", "cases_person_history", None, person_key),
}


def alike(world: World) -> dict[str, Any]:
    """A record of another region, and one of ours."""
    other = Person.objects.get(number=world.other_numbers[1])
    return {"found": {(other.pk, world.case.persons.get(position=2).pk): 0.9}, "at": NOON + timedelta(days=2)}


def proven(world: World, _given: Any) -> None:
    verify_audit_log(access(world.people["dpo"]), report=lambda *_steps: None)


COMMANDS: Final = {
    "hints at a duplicate": Act(lambda world, given: note(**given, by=System()), alike),
    "imports by command as another role": command(
        "import_persons", FILE, "--as", "olle@example.org", file=sheet(row())
    ),
    "takes an import back by command as another role": command(
        "import_rows", "persons", "--as", "olle@example.org", "--undo", str(UUID(int=1))
    ),
    "imports a list by command as another role": command(
        "import_rows", "agencies", FILE, "--as", "olle@example.org", file=AGENCIES
    ),
    "changes keys": command("rotate_keys"),
    "sends immediate e-mails": Act(
        lambda world, _given: notifications.send_unsent(at=NOON, site="http://testserver"), told_at_once
    ),
    "sends reminders": Act(
        lambda world, _given: send_unsent_reminders(at=NOON, site="http://testserver"), reminded
    ),
    "closes a year": Act(lambda world, _given: closed(world)),
    "disposes of a year": Act(
        lambda world, _given: dispose_year(
            2019,
            decision="Beslut 2030:1",
            by=access(world.people["admin"]),
            approved_by=access(world.people["manager"]),
            at=datetime(2030, 1, 2, tzinfo=UTC),
        ),
        closed,
    ),
    "proves the trail": Act(proven),
    "finds the trail broken": Act(
        proven, lambda world: tamper("UPDATE audit_event SET actor = 'x' WHERE sequence = 1")
    ),
    "ties a notification to its case": by(
        "vast",
        link_case,
        lambda world: {
            "notification": Notification.objects.get(**world.objects["notification"]),
            "case": world.case,
        },
    ),
}
