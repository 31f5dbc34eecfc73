"""Every address of the Django admin, as everybody: the same scope and the same rights as elsewhere.

A model that is new in the admin fails until a line here says who views, changes, adds, imports, exports and
deletes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib import admin
from django.db import connection
from django.urls import URLPattern, reverse

from tests.actors import NOON
from tests.addresses import CALL, CASE, EVERYONE
from tests.test_every_address import DONE, THREE_AND_OTHERS, asked, assert_answered, hidden_from, plain
from tests.weights import mostly_long
from tests.world import World, filled_world, undone

pytestmark = pytest.mark.django_db
Who = frozenset[str]
NOBODY: Who = frozenset()
ADMIN, ANALYST, OPERATORS, VAST = (frozenset(n.split()) for n in ("admin", "analyst", "olle olga", "vast"))
STAFF = frozenset({"olle", "olga", "vast", "syd", "analyst", "admin"})
COORDINATORS = frozenset({"vast", "syd"})


@dataclass(frozen=True)
class Model:
    """Who may; `scope`: who sees the object of the world, where rows have a scope."""

    view: Who
    change: Who
    add: Who
    load: Who = NOBODY
    export: Who = NOBODY
    delete: Who = NOBODY
    scope: Who = EVERYONE
    target: str = ""


MODELS: dict[str, Model] = {
    "cases_call": Model(
        OPERATORS | COORDINATORS,
        frozenset({"olle"}),
        OPERATORS,
        OPERATORS,
        OPERATORS | COORDINATORS,
        scope=CALL,
        target="call",
    ),
    "cases_case": Model(
        OPERATORS | COORDINATORS,
        VAST,
        OPERATORS | COORDINATORS,
        COORDINATORS,
        OPERATORS | COORDINATORS,
        scope=CASE,
        target="case",
    ),
    "cases_person": Model(
        OPERATORS | COORDINATORS,
        VAST,
        OPERATORS | COORDINATORS,
        COORDINATORS,
        OPERATORS | COORDINATORS,
        scope=CASE,
        target="person",
    ),
    **dict.fromkeys(
        (
            "accounts_user",
            "agencies_agency",
            "agencies_county",
            "agencies_region",
            "agencies_countyregion",
            "agencies_coordinator",
            "knowledge_article",
        ),
        Model(ADMIN, ADMIN, ADMIN, ADMIN, ADMIN),
    ),
    "retention_retention": Model(ADMIN, ADMIN, ADMIN),
    **dict.fromkeys(
        ("agencies_code", "agencies_codemapping"), Model(ADMIN, ADMIN, ADMIN, ADMIN, ADMIN, ADMIN)
    ),
    **dict.fromkeys(
        ("summaries_historicalfigure", "summaries_population", "summaries_justicefigure"),
        Model(ANALYST, ANALYST, ANALYST, ANALYST, ANALYST),
    ),
    "knowledge_remark": Model(ANALYST, ANALYST, NOBODY),
    # Not ours: nobody sees them here.
    **dict.fromkeys(
        ("auth_group", "account_emailaddress", "mfa_authenticator", "usersessions_usersession"),
        Model(NOBODY, NOBODY, NOBODY),
    ),
}
VERBS = {
    ("changelist", "get"): "view", ("change", "get"): "view", ("history", "get"): "view",
    ("changelist", "post"): "view", ("simple_history", "get"): "view", ("simple_history", "post"): "change",
    ("change", "post"): "change",
    ("add", "get"): "add", ("add", "post"): "add",
    ("delete", "get"): "delete", ("delete", "post"): "delete",
    ("import", "get"): "load", ("import", "post"): "load", ("import_template", "get"): "load",
    ("import_preview", "get"): "load", ("import_failed", "get"): "load", ("import_confirm", "post"): "load",
    ("import_run", "get"): "load", ("import_undo", "post"): "load",
    ("export", "get"): "export", ("export", "post"): "export",
    ("find", "post"): "view", ("invite", "post"): "change",
    ("second_factor", "post"): "change",
}  # fmt: skip
OF_OBJECT = {"change", "history", "delete", "simple_history", "invite", "second_factor"}
OF_FILE = {"import_preview", "import_failed", "import_confirm", "import_run", "import_undo"}  # of nobody here
PEOPLE = ("olle", "olga", "vast", "syd", "analyst", "admin", "officer", "demoted", "nobody")
PAGES = {"index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n",
         "view_on_site", "app_list"}  # fmt: skip


def registered() -> dict[str, Any]:
    return {f"{m._meta.app_label}_{m._meta.model_name}": m for m in admin.site._registry}


@cache
def addresses() -> list[tuple[str, str]]:
    """(model, verb) of every address that the admin has."""
    names = [name for page in admin.site._registry.values() for name in _names(page.get_urls())]
    of_models = [name for name in names if name.startswith(tuple(MODELS))]
    return sorted({tuple(re.match(r"([a-z]+_[a-z]+)_(\w+)", name).groups()) for name in of_models})  # type: ignore[union-attr]


def usual() -> list[tuple[str, str]]:
    """Return one address of those whose models have the same line in the table: of each model in turn."""
    alike: dict[tuple[Model, str], list[str]] = defaultdict(list)
    for name, verb in addresses():
        alike[MODELS[name], verb].append(name)
    return [(names[turn % len(names)], verb) for turn, ((_line, verb), names) in enumerate(alike.items())]


def _names(patterns: list[Any]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield from [pattern.name] if pattern.name else []
        else:
            yield from _names(pattern.url_patterns)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), filled_world() as made:
        yield made


def test_every_model_and_verb_of_the_admin_is_in_the_table() -> None:
    assert set(registered()) ^ set(MODELS) == set(), (
        "say in MODELS of this file who views, changes, adds … it"
    )
    assert {verb for _model, verb in addresses()} <= {verb for verb, _method in VERBS}
    site = {name for name in _names(admin.site.get_urls()) if not name.startswith(tuple(MODELS))}
    assert site == PAGES


def _url(name: str, verb: str, world: World) -> str:
    table, model = MODELS[name], registered()[name]
    if verb in OF_FILE | {"import_template"}:
        return reverse(f"admin:{name}_{verb}", args=[uuid4() if verb in OF_FILE else "csv"])
    if verb not in OF_OBJECT:
        return reverse(f"admin:{name}_{verb}")
    rows = model._default_manager.filter(
        **({"code": world.objects[table.target]["code"]} if table.target else {})
    )
    more = [1] if verb == "simple_history" else []
    return reverse(f"admin:{name}_{verb}", args=[getattr(rows.first(), "pk", 1), *more])


def expected(who: str, verb: str, method: str, table: Model) -> set[int]:
    if who not in STAFF:
        return {302}
    right = VERBS.get((verb, method), "view")
    if who not in table.view:
        return (
            {403, 404} if table.view else {302, 403, 404}
        )  # 302: to the start of the admin, for what nobody has
    if verb in OF_OBJECT and who not in table.scope:
        return {404}
    if who in getattr(table, right) and verb in OF_FILE:
        return {404}
    if who in getattr(table, right):
        # A history that is not kept; a code that is used; a file without rows.
        return DONE | {"history": {404}, "simple_history": {404}, "delete": {403}, "invite": {403}}.get(
            verb, set()
        )
    return {403, 404, 405}


def methods(verb: str) -> list[str]:
    only_one = verb.startswith(("import_", "invite", "second_factor", "find"))
    return [method for method in ("get", "post") if not only_one or (verb, method) in VERBS]


def answers(name: str, verb: str, method: str) -> dict[str, set[int]]:
    """By the table: what each of those who are asked may get."""
    roles = {who: "analyst" if who == "demoted" else who for who in PEOPLE}
    return {who: expected(role, verb, method, MODELS[name]) for who, role in roles.items()}


# All of them on PostgreSQL, which prints and orders in its own way; each fifth on SQLite in `make test`.
USUAL = usual() if connection.vendor == "postgresql" else usual()[::5]


@pytest.mark.parametrize("address", mostly_long(addresses(), usual=USUAL), ids="-".join)
@pytest.mark.parametrize("others", THREE_AND_OTHERS)
def test_everybody_gets_what_the_table_says_and_nothing_that_is_hidden(
    address: tuple[str, str], others: bool, world: World
) -> None:
    name, verb = address
    turn = addresses().index(address)
    with time_machine.travel(NOON, tick=False):
        url = _url(name, verb, world)
        for method in methods(verb):
            wanted = answers(name, verb, method)
            for who in asked(wanted, turn, others):
                assert_answered(world, who, method, url, wanted[who])


def test_everybody_is_refused_somewhere_in_make_test() -> None:
    refused = set()
    for name, verb in usual():
        turn = addresses().index((name, verb))
        for method in methods(verb):
            wanted = answers(name, verb, method)
            refused |= {who for who in asked(wanted, turn, others=False) if not wanted[who] >= DONE}
    assert refused == {*PEOPLE}


def test_every_model_and_every_verb_is_asked_in_make_test() -> None:
    names, verbs = zip(*addresses(), strict=True)
    asked_names, asked_verbs = zip(*usual(), strict=True)
    assert (set(asked_names), set(asked_verbs)) == (set(names), set(verbs))


@pytest.mark.parametrize("page", sorted(PAGES))
def test_the_admins_own_pages_hold_nothing_that_is_hidden(page: str, world: World) -> None:
    args = {"view_on_site": [1, 1], "app_list": ["cases"]}.get(page, [])
    query = "?app_label=cases&model_name=person&field_name=case&term=V" if page == "autocomplete" else ""
    with time_machine.travel(NOON, tick=False):
        for who in PEOPLE:
            with undone():
                response = world.client(who).get(reverse(f"admin:{page}", args=args) + query)
                assert response.status_code in {200, 302, 403, 404}
                assert [word for word in hidden_from(who, world) if word in plain(response)] == []


@pytest.mark.parametrize("model", ["cases_case", "cases_person", "cases_call"])
@pytest.mark.parametrize(
    "query", ["?note__startswith=S", "?citizenship=RO", "?sex=F", "?offence__key=x", "?q=Sekretess"]
)
def test_rows_are_not_selected_by_what_is_sensitive(model: str, query: str, world: World) -> None:
    """Design rule 13. A filter that is not one of the page's is refused; a word finds nothing."""
    with time_machine.travel(NOON, tick=False), undone():
        page, client = reverse(f"admin:{model}_changelist"), world.client("vast")
        response = client.get(page + query)
        if query.startswith("?q"):
            found, every = (answer.context["cl"].result_count for answer in (response, client.get(page)))
            assert found in {0, every}  # nothing is found by a word, or there is no search
        else:
            assert response.status_code in {302, 400}
