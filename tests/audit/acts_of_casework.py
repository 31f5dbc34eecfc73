"""What operators, coordinators and officers do and read."""

from __future__ import annotations

from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.free_text import digest_of
from agencies.models import Agency
from cases.models import Person, Transfer, YearConfirmation
from summaries.models import Estimate
from tests.actors import NOON
from tests.audit.acts import Act, posts, reads, url
from tests.cases.call_forms import call_facts
from tests.cases.pages import case_facts, person_facts, sent_grid
from tests.cases.spreadsheet import row, sheet
from tests.world import World


def identification(**changes: Any) -> dict[str, Any]:
    return {
        "agency": Agency.objects.get(code="social").pk,
        "identified_on": "2018-06-02",
        "county": "14",
        **changes,
    }


def again(name: str, **changes: Any) -> Act:
    """The form of a page as it is shown, sent with `changes`."""
    return Act(
        lambda world, given: given[0].post(given[1], given[2] | changes), lambda world: shown(world, name)
    )


def shown(world: World, name: str) -> tuple[Client, str, dict[str, Any]]:
    client, address = world.client("vast"), url(world, name)
    form = client.get(address).context["form"]
    facts = {}
    for bound in form:
        value = bound.value()
        if hasattr(bound.field.widget, "widgets"):
            names = [f"{bound.html_name}{suffix}" for suffix in bound.field.widget.widgets_names]
            facts |= dict(zip(names, map(str, bound.field.widget.decompress(value)), strict=True))
        elif value not in (None, "", []) and value is not False:
            facts[bound.html_name] = value if isinstance(value, list) else str(getattr(value, "pk", value))
    return client, address, facts


def mistaken(name: str) -> Act:
    """The form of a page on which something is said to be registered by mistake."""

    def seen(world: World) -> dict[str, Any]:
        Transfer.objects.filter(answer="pending").update(answer="withdrawn", answered_at=NOON)
        form = world.client("vast").get(url(world, name)).context["form"]
        return {"digest": form["digest"].value(), "reason": "Registrerat på fel person."}

    return Act(lambda world, facts: world.client("vast").post(url(world, name), facts), seen)


def case_of(world: World) -> dict[str, Any]:
    return {
        "case": [str(world.case.code)],
        "go": "do",
        "action": "assign",
        "responsible": world.people["vast"].pk,
    }


QUESTION: Final = {
    "first": "2018",
    "last": "2018",
    "list_police": "PF",
    "list_social": "LA",
    "list_ngo": "NG",
}


def forgotten(_world: World) -> None:
    Estimate.objects.all().delete()


def person_key(world: World) -> int:
    return Person.objects.get(**world.objects["person"]).pk


def grid_of(world: World, **changes: str) -> dict[str, str]:
    """The grid of the persons of the case as it is shown, sent with `changes` in every row."""
    address = f"{reverse('cases:change_persons')}?case={world.case.code}"
    return sent_grid(world.client("vast").get(address).context["grid"], **changes)


NAMING: Final = "Kvinnan heter Hitta På."
WORK: Final = {
    "logs a call": posts("olle", "calls:new", lambda world: call_facts()),
    "says that a text names nobody": posts(
        "olle",
        "calls:new",
        lambda world: call_facts(note=NAMING, no_name="1", names_shown=digest_of({"note": NAMING})),
    ),
    "edits a call": Act(
        lambda world, _g: world.client("olle").post(
            url(world, "calls:edit"), call_facts(version=str(world.call.version), women="2")
        )
    ),
    "follows up a call": posts("olle", "calls:follow_up_done"),
    "opens a case": posts("vast", "cases:new", lambda world: case_facts() | person_facts()),
    "edits a case": again("cases:edit", registry_number="2018/99"),
    "finds a case": posts("vast", "cases:find", lambda world: {"find": world.case.number}),
    "closes a case": again("cases:state", state="closed", close_reason="close_reason:moved"),
    "counts suspects": posts("vast", "cases:suspects", {"partner": "1"}),
    "makes a reminder": posts("vast", "cases:remind", {"day": "2019-03-08", "text": "Ring en gång till"}),
    "has done what was to be remembered": posts("vast", "cases:finish_reminder"),
    "deals with an end": posts("vast", "cases:deal_with_end"),
    "chooses cases": posts("vast", "cases:several", lambda w: {"case": [str(w.case.code)], "go": "choose"}),
    "gives cases to a colleague": posts("vast", "cases:several", case_of),
    "adds persons": posts("vast", "cases:add_persons", lambda world: person_facts()),
    "edits a person": again("cases:edit_person", age_class="25-34"),
    "changes several persons": Act(
        lambda world, sent: world.client("vast").post(reverse("cases:change_persons"), sent),
        lambda world: grid_of(world, offence="offence:trafficking"),
    ),
    "changes a status": again(
        "cases:status", status="declined", status_on="2019-02-28", status_reason="Vill inte"
    ),
    "answers indicators": posts("vast", "cases:indicators", {"DR01": "yes"}),
    "adds an identification": posts("vast", "cases:add_identification", lambda world: identification()),
    "edits an identification": again("cases:edit_identification", identified_on="2018-05-01"),
    "adds a purpose": posts(
        "vast", "cases:add_exploitation", {"purpose": "purpose:begging", "is_main": "on", "place": "unknown"}
    ),
    "edits a purpose": again("cases:edit_exploitation", place="unknown"),
    "adds a measure": posts(
        "vast",
        "cases:add_measure",
        {"kind": "measure:police_report", "month": "2018-06", "answer": "offered"},
    ),
    "takes out a measure": mistaken("cases:measure_mistake"),
    "takes out a person": mistaken("cases:person_mistake"),
    "takes out a case": mistaken("cases:case_mistake"),
    "undoes a registration": Act(
        lambda world, _g: world.client("vast").post(url(world, "cases:undo_registration")),
        lambda world: world.client("vast").post(url(world, "cases:add_persons"), person_facts()),
    ),
    "puts back what was taken out": posts("vast", "cases:put_back"),
    "reads cases:mistake": reads("cases:mistake"),
    "asks for a transfer": Act(
        lambda w, first: w.client("vast").post(
            reverse("cases:ask_transfer", kwargs=w.objects["person"]),
            {"to_region": "SY", "reason": "Flyttar"},
        )
    ),
    "declines a transfer": posts("mitt", "cases:transfer", {"accept": "no", "reason": "Ej här"}),
    "accepts a transfer": posts("mitt", "cases:transfer", {"accept": "yes", "reason": ""}),
    "leaves a note for the line": posts(
        "olle", "home:line_note", {"text": "Ring inte före nio", "until": "2019-03-02"}
    ),
    "ends a note of the line": posts("olle", "home:end_line_note"),
    "takes back a transfer": posts("vast", "cases:withdraw_transfer"),
    "takes over a call": posts("vast", "calls:take_over"),
    "gives a call back": Act(
        lambda w, _taken: w.client("vast").post(url(w, "calls:give_back")),
        lambda w: w.client("vast").post(url(w, "calls:take_over")),
    ),
    "takes over a case": posts("vast", "cases:take_over"),
    "takes back a question for access": posts("mitt", "cases:withdraw_access"),
    "asks for access": posts(
        "syd",
        "cases:ask_access",
        lambda world: {
            "number": world.case.number,
            "region": "V",
            "what": ["persons", "note"],
            "reason": "Samma person kan finnas i ett ärende hos oss",
        },
    ),
    "grants access": posts("vast", "cases:grant", {"hours": "8", "reason": ""}),
    "ends access": Act(
        lambda world, _g: world.client("vast").post(url(world, "cases:end_access")),
        lambda world: world.client("vast").post(url(world, "cases:grant"), {"hours": "8", "reason": ""}),
    ),
    "declines access": posts("vast", "cases:grant", {"hours": "0", "reason": "Nej"}),
    "decides on a duplicate": posts(
        "vast", "cases:duplicate", {"decision": "same", "reason": "Samma person"}
    ),
    "asks about a duplicate": posts("vast", "cases:ask_duplicate"),
    "notifies": posts(
        "officer",
        "cases:notify",
        {
            "county": "14",
            "women": "1",
            "men": "0",
            "girls": "0",
            "boys": "0",
            "unknown": "0",
            "purposes": ["purpose:sexual"],
            "urgency": "days",
            "note": "",
            "form_token": "6b3f7a68-6b0e-4c3e-9a39-0f6a4b8e1f11",
        },
    ),
    "moves a notification": posts("vast", "cases:move_notification", {"state": "contacted", "how": "phone"}),
    "closes a region's year": Act(
        lambda world, left: world.client("vast").post(
            url(world, "cases:year"), {"go": "close", "digest": left, "seen": "on"}
        ),
        lambda world: world.client("vast").get(url(world, "cases:year")).context["close"].left,
    ),
    "takes a closed year back": Act(
        lambda world, _g: world.client("vast").post(
            url(world, "cases:year"), {"go": "back", "reason": "Ett ärende kom för sent."}
        ),
        lambda world: YearConfirmation.objects.create(
            region_id="V", year=2018, by=world.people["vast"], at=NOON
        ),
    ),
    "decides that imported persons must be complete": Act(
        lambda world, _g: world.client("manager").post(
            url(world, "cases:taken_over_years"), {"year": "2018", "complete": "yes"}
        ),
        lambda world: Person.objects.filter(case=world.case).update(taken_over=True),
    ),
    "takes a notification over": posts("vast", "cases:take_notification"),
    "writes a message": posts(
        "vast",
        "calls:messages",
        {"text": "När kan vi ringa?", "form_token": "6b3f7a68-6b0e-4c3e-9a39-0f6a4b8e1f12"},
    ),
    "marks a message as read": posts("vast", "cases:read_message"),
    "looks for an extract": posts("dpo", "cases:find_extract", {"number": "V-1999-0001"}),
    "asks for a file": posts(
        "vast",
        "cases:export",
        {"form": "csv", "purpose": "Uppföljning", "reason": "Vår egen uppföljning", "format": "csv"},
    ),
    "takes a file along": reads("exchange:export_download"),
    "uploads a file": Act(
        lambda world, _g: world.client("vast").post(
            url(world, "cases:import"),
            {"file": SimpleUploadedFile("p.csv", sheet(row(case="HEMLIG-REF-79")))},
        )
    ),
    "imports a file": posts("vast", "cases:import_confirm", {"rows": "all"}),
    "takes an import back": posts("vast", "cases:import_undo"),
    "asks for a proof of the trail": posts("dpo", "audit_pages:verify_audit"),
    "stops a run": posts("vast", "jobs:cancel"),
    "estimates the dark figure": Act(
        lambda world, _g: world.client("analyst").post(url(world, "summaries:dark_figure"), QUESTION),
        forgotten,
    ),
    "tries a door": Act(lambda world, _g: world.client("syd").get(url(world, "cases:detail"))),
    "tries a page of another role": Act(lambda world, _g: world.client("officer").get("/cases/")),
}
READS: Final = {
    f"reads {name}": reads(name)
    for name in (
        "calls:list",
        "calls:earlier",
        "calls:detail",
        "calls:saved",
        "calls:history",
        "cases:list",
        "cases:persons",
        "cases:detail",
        "cases:handed",
        "cases:edit",
        "cases:history",
        "cases:extract",
        "cases:extract_pdf",
        "cases:remind",
        "cases:reminders",
        "cases:ending",
        "cases:add_persons",
        "cases:person",
        "cases:indicators",
        "cases:edit_measure",
        "cases:add_measure",
        "cases:transfer",
        "cases:duplicates",
        "cases:taken_over_duplicates",
        "cases:duplicate",
        "cases:grant",
        "cases:notifications",
        "cases:notification",
        "cases:notification_messages",
        "calls:messages",
        "cases:transfer_messages",
        "audit_pages:audit",
        "summaries:year",
        "summaries:quality",
        "summaries:comparison",
        "summaries:own_csv",
        "summaries:ten_years",
        "summaries:estimate",
        "summaries:publication",
    )
}
