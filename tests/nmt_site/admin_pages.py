"""What the tests of the admin share."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from tests.actors import user

LISTS = (
    "accounts_user", "agencies_agency", "agencies_county", "agencies_region", "agencies_countyregion",
    "agencies_coordinator", "agencies_code", "agencies_codemapping", "knowledge_article",
)  # fmt: skip
FIGURES = ("summaries_historicalfigure", "summaries_justicefigure", "summaries_population")
CASEWORK = ("cases_call", "cases_case", "cases_person")
EVERY = (*LISTS, *FIGURES, *CASEWORK)
# Who finds which lists in the admin.
OWN: dict[Role, tuple[str, ...]] = {
    Role.OPERATOR: CASEWORK,
    Role.COORDINATOR: CASEWORK,
    Role.OFFICER: (),
    Role.ANALYST: FIGURES,
    Role.MANAGER: (),
    Role.ADMINISTRATOR: LISTS,
    Role.DPO: (),
}


def someone(role: Role, name: str = "", region: str = "V") -> User:
    return user(name or f"a-{role}", role, region=region if role is Role.COORDINATOR else "")


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(model: str, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model}_{page}", args=args)


def body(response: Any) -> bytes:
    """Of a page or of a file that is streamed."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def export(client: Client, model: str, kind: str = "csv", query: str = "", **more: str) -> bytes:
    facts = {"format": kind, "purpose": "Yearly check", "reason": "Rows are compared", **more}
    response = client.post(address(model, "export") + query, facts)
    assert response.status_code == 302, response.context["form"].errors
    return body(client.get(response["Location"] + "file/"))
