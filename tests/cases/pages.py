"""What the tests of the pages share: somebody signed in, and what a form is sent with."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from agencies.models import Agency
from cases import pages
from home.boxes import Box
from tests.actors import user


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def box_of(client: Client, title: str) -> Box | None:
    """What My page has of that title. The rows of a quiet line are read on the page that it leads to."""
    found = next((box for box in client.get("/").context["boxes"] if str(box.title) == title), None)
    if found is None or found.listed:
        return found
    return replace(found, rows=client.get(found.url).context["rows"])


def coordinator(region: str = "V", name: str = "Karin") -> User:
    return user(name, Role.COORDINATOR, region=region)


def operator(name: str = "Olle") -> User:
    return user(name, Role.OPERATOR)


def pages_of(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists show so few rows a page that a small register has several pages."""
    monkeypatch.setattr(pages, "A_PAGE", rows)


def case_facts(**changes: Any) -> dict[str, Any]:
    return {
        "opened_on": "2018-05-03",
        "registry_number": "2018/1234",
        "accompanying_children": "1",
        **changes,
    }


def person_facts(**changes: Any) -> dict[str, Any]:
    """One woman, sexual purposes, identified by the police in Västra Götaland; sent once."""
    return {
        "sex": "F",
        "child": "no",
        "age_class": "25-34",
        "citizenship": "RO",
        "status": "presumed",
        "agency": agency("police"),
        "identified_on": "2018-05-02",
        "county": "14",
        "purposes": ["purpose:sexual"],
        "number": "1",
        "form_token": str(uuid.uuid4()),
        **changes,
    }


def agency(code: str) -> int:
    return Agency.objects.get(code=code).pk


def of_one_field_in_three(faults: Sequence[tuple[str, dict[str, Any], str]]) -> list[Any]:
    """Faults that forms are tried with, of which `make test` tries the first of every third field. That each
    rule says its message is proven where the rule is."""
    fields = list(dict.fromkeys(fault[0] for fault in faults))
    usual = [next(fault for fault in faults if fault[0] == field) for field in fields[::3]]
    return [pytest.param(*fault, marks=() if fault in usual else pytest.mark.long) for fault in faults]


def errors_of(response: Any) -> dict[str, list[str]]:
    """Messages by field, over every form that the page was given."""
    found: dict[str, list[str]] = {}
    forms = response.context["forms"] if "forms" in response.context else [response.context["form"]]
    for form in forms:
        for name, errors in form.errors.items():
            found.setdefault(name, []).extend(str(error) for error in errors)
    return found


def sent_grid(grid: Any, **changes: str) -> dict[str, str]:
    """What a browser sends of the grid of stored persons as it is shown, with `changes` in every row."""
    sent = {"row-TOTAL_FORMS": str(len(grid.rows.forms)), "row-INITIAL_FORMS": str(len(grid.rows.forms))}
    sent["columns"] = ",".join(grid.columns)
    for form in grid.rows:
        sent |= {bound.html_name: str(bound.value() or "") for bound in form}
        sent |= {f"{form.prefix}-{name}": value for name, value in changes.items()}
    return sent
