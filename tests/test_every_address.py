"""Every address of the register, as everybody: what they get, and that nothing of what is hidden is in it.

The table is `tests/addresses.py`. An address that the resolver has and the table has not fails here.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.client import ClientHandler
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse
from django.utils.translation import override

from accounts.roles import Role
from tests.actors import NOON
from tests.addresses import ADDRESSES, CALL, CASE, EVERYONE, OWN_ACCOUNT, Address
from tests.world import (
    CALL_WORDS,
    CASE_WORDS,
    DRAFT_WORDS,
    MESSAGE_WORDS,
    NOTICE_WORDS,
    World,
    filled_world,
    undone,
)

pytestmark = pytest.mark.django_db
KNOW_CASE = CASE | {"dpo"}  # who reads the case, or its extract and audit log
KNOW_CALL = CALL
ONE_OF_EACH = {"syd", "olga", "officer2", "analyst", "dpo"}  # of those whom roles or regions keep out
UUIDS = "[0-9a-f]{8}-[0-9a-f-]{27}"
OUTSIDE = {"uuid": uuid.UUID(int=7), "int": 999_999}
OTHER_TABLES = "audit_|django_session|accounts_attempt|accounts_remembered|usersessions_"
# On each database one who may and two who are refused; everybody else in `make test-all`.
THREE_AND_OTHERS = (
    pytest.param(False, id="three of them"),
    pytest.param(True, id="others", marks=(pytest.mark.long)),
)
ONE_AND_OTHERS = (pytest.param(False, id="one of them"), THREE_AND_OTHERS[1])
WITHOUT_ACCOUNT = {"nobody", "inactive"}
DONE = {200, 302, 400, 409, 422}  # got, led on, or told what is wrong with the form


def walk(patterns: Any, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """The names of all addresses but the admin's, which has a test of its own."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join([*spaces, pattern.name or str(pattern.pattern)])
        elif pattern.namespace != "admin":
            yield from walk(
                pattern.url_patterns, (*spaces, pattern.namespace) if pattern.namespace else spaces
            )


NAMES = sorted(set(walk(get_resolver().url_patterns)))
OURS = [name for name in NAMES if not name.startswith(OWN_ACCOUNT)]
THEIRS = [name for name in NAMES if name.startswith(OWN_ACCOUNT)]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), filled_world() as made:
        yield made


def plain(response: Any) -> str:
    """Without what differs from one answer to the next."""
    text = (
        b"".join(response.streaming_content).decode()
        if response.streaming
        else response.content.decode("utf-8", "replace")
    )
    # The age of a sign of life: a worker of another test may have left one.
    text = re.sub(r"\"worker_age\": \w+", "", text)
    return re.sub(rf"csrfmiddlewaretoken\" value=\"\w+|\"token\": \"\w+|{UUIDS}", "", text)


def url_of(name: str, address: Address, world: World, **changes: Any) -> str:
    return reverse(name, kwargs={**address.kwargs, **world.objects.get(address.target, {}), **changes})


def expected(who: str, method: str, address: Address) -> set[int]:
    if not _is_there(method, address):
        return {405} if who in EVERYONE or address.public else {302, 405}
    done = DONE | {404} if address.absent else DONE
    if address.public:
        return done
    if who in WITHOUT_ACCOUNT:
        return {302}
    role = "analyst" if who == "demoted" else who
    return done if role in _may(method, address) else {_refusal(role, address)}


def _is_there(method: str, address: Address) -> bool:
    return address.get if method == "get" else address.post


def _may(method: str, address: Address) -> frozenset[str]:
    return address.posts if method == "post" and address.posts is not None else address.may


def _refusal(who: str, address: Address) -> int:
    """404 where the address names an object that is hidden from them."""
    if not address.target or address.role_first or who in address.sees | address.may:
        return 403
    return 404


def people_for(address: Address, method: str) -> list[str]:
    """All; two, where there is no such method."""
    everybody = [*sorted(EVERYONE), *sorted(WITHOUT_ACCOUNT), "demoted"]
    return everybody if _is_there(method, address) else ["vast", "nobody"]


def three_of(wanted: Mapping[str, set[int]], turn: int) -> list[str]:
    """Return one who may, nobody, and one who is refused, as far as there are such people.

    The one refused is whose turn it is of those who have signed in, so that the right is asked for and not
    the sign-in alone. Where all of them may it is the one who is inactive, or a second reader.
    """
    may = sorted(who for who in wanted if wanted[who] >= DONE)
    refused = sorted(who for who in wanted if not wanted[who] >= DONE)
    signed_in = [who for who in refused if who not in WITHOUT_ACCOUNT]
    last = signed_in or refused or may
    return list(dict.fromkeys([*may[:1], "nobody", last[turn % len(last)]]))


def asked(wanted: Mapping[str, set[int]], turn: int, others: bool) -> list[str]:
    three = three_of(wanted, turn)
    return [who for who in wanted if who not in three] if others else three


def hidden_from(who: str, world: World) -> tuple[str, ...]:
    case = () if who in KNOW_CASE else (*world.numbers, *CASE_WORDS)
    other = () if who == "dpo" else world.other_numbers
    call = () if who in KNOW_CALL else CALL_WORDS
    notice = () if who == "vast" else NOTICE_WORDS
    notice = notice if who in {"vast", "officer"} else (*notice, *MESSAGE_WORDS)
    return (*case, *other, *call, *notice, *(() if who == "olle" else DRAFT_WORDS))


def in_the_frame(page: str) -> set[str]:
    """Who is signed in, and the version of the software, as the head and the foot of a page say them."""
    lines = re.findall(r'<span class="role">(.*?)</span>', page)
    return {*lines, *re.findall(r'<span class="end">Version (.*?)</span>', page)}


@cache
def frames() -> set[str]:
    found = {settings.VERSION}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {str(role.label) for role in Role}
    return found


def written(queries: CaptureQueriesContext) -> list[str]:
    """Statements that changed something beside the audit log, the session and what slows down attempts."""
    changes = (q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE")))
    return [sql for sql in changes if not re.match(rf'\w+ (?:INTO |FROM )?"(?:{OTHER_TABLES})', sql)]


def _line_for(name: str) -> str:
    """What to write, as far as the resolver knows it."""
    namespace, _colon, last = name.rpartition(":")
    resolver = get_resolver()
    for part in namespace.split(":") if namespace else ():
        resolver = resolver.namespace_dict[part][1]
    kwargs = sorted({kwarg for route in resolver.reverse_dict.getlist(last) for kwarg in route[0][0][1]})
    of = ', target="…an object of tests/world.py, or kwargs={…} here…"' if kwargs else ""
    return f'    "{name}": page("…who may…"{of}),' + (
        f"  # the address takes {', '.join(kwargs)}" if kwargs else ""
    )


def test_every_address_is_in_the_table() -> None:
    missing, gone = sorted(set(OURS) - set(ADDRESSES)), sorted(set(ADDRESSES) - set(OURS))
    assert missing == [], (
        "\nAdd to ADDRESSES in tests/addresses.py (page: GET; form: GET and POST; act: POST; public: "
        "without sign-in; "
        "`sees`: who gets 403 for 404):\n" + "\n".join(map(_line_for, missing))
    )
    assert gone == [], "\nRemove from ADDRESSES in tests/addresses.py: there is no such address any more."


def answers(name: str, method: str) -> dict[str, set[int]]:
    """By the table: what each of those who are asked may get."""
    address = ADDRESSES[name]
    return {who: expected(who, method, address) for who in people_for(address, method)}


def assert_answered(
    world: World, who: str, method: str, url: str, wanted: set[int], data: dict[str, str] | None = None
) -> None:
    """Somebody gets what is wanted, and nothing that is hidden from them; who may not changes nothing."""
    with undone(), CaptureQueriesContext(connection) as queries:
        response = getattr(world.client(who), method)(url, data)
        text = plain(response) + str(response.headers)
    assert response.status_code in wanted, (
        f"{method} {url}: {who} got {response.status_code}, not {wanted}: the view or the table is wrong"
    )
    assert [word for word in hidden_from(who, world) if word in text] == [], f"shown to {who}"
    assert in_the_frame(text) <= frames(), "the page gives the frame a word of another kind"
    assert wanted >= DONE or written(queries) == [], f"{who} may not, and changed something"


IN_TABLE = [name for name in OURS if name in ADDRESSES]


@pytest.mark.parametrize("name", IN_TABLE)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("others", THREE_AND_OTHERS)
def test_everybody_gets_what_the_table_says_and_nothing_that_is_hidden(
    name: str, method: str, others: bool, world: World
) -> None:
    address, wanted = ADDRESSES[name], answers(name, method)
    data = address.data if method == "post" else None
    with time_machine.travel(NOON, tick=False):
        url = url_of(name, address, world)
        for who in asked(wanted, IN_TABLE.index(name), others):
            assert_answered(world, who, method, url, wanted[who], data)


@pytest.mark.parametrize("method", ["get", "post"])
def test_everybody_is_refused_somewhere_in_make_test(method: str) -> None:
    refused = set()
    for turn, name in enumerate(IN_TABLE):
        wanted = answers(name, method)
        refused |= {who for who in asked(wanted, turn, others=False) if not wanted[who] >= DONE}
    assert refused == EVERYONE | WITHOUT_ACCOUNT | {"demoted"}


WITH_TARGET = [name for name in IN_TABLE if ADDRESSES[name].target]


@pytest.mark.parametrize("name", WITH_TARGET)
@pytest.mark.parametrize("others", ONE_AND_OTHERS)
def test_what_is_out_of_scope_looks_like_what_does_not_exist(name: str, others: bool, world: World) -> None:
    address = ADDRESSES[name]
    key = next(iter(world.objects[address.target]))
    absent: Any = {"code": OUTSIDE["uuid"], "pk": OUTSIDE["int"], "region": "Q"}[key]
    method = "get" if address.get else "post"
    with time_machine.travel(NOON, tick=False):
        urls = [url_of(name, address, world, **changes) for changes in ({}, {key: absent})]
        for who in out_of_scope(name, others):
            with undone():
                client = world.client(who)
                hidden, missing = (answer(client, method, url) for url in urls)
            assert hidden == missing, who


def out_of_scope(name: str, others: bool) -> list[str]:
    """Return whom region or role keeps out: the other region's coordinator, or whose turn it is where she is
    let in; or else all others."""
    kept_out = sorted(ONE_OF_EACH - ADDRESSES[name].may - ADDRESSES[name].sees)
    turn = kept_out[WITH_TARGET.index(name) % len(kept_out)]
    one = "syd" if "syd" in kept_out else turn
    return [who for who in kept_out if (who != one) == others]


def answer(client: Client, method: str, url: str) -> tuple[int, str]:
    """Return the status and the text, without the address that the text may repeat."""
    response = getattr(client, method)(url)
    return response.status_code, plain(response).replace(re.sub(UUIDS, "", url), "")


def test_a_form_sent_from_elsewhere_is_refused_at_every_address(world: World) -> None:
    """Somebody signed in follows a link to a page that sends our forms in their name."""
    client = world.client("vast")
    client.handler = ClientHandler(enforce_csrf_checks=True)
    with time_machine.travel(NOON, tick=False):
        for name in (name for name in OURS if ADDRESSES.get(name, Address(post=False)).post):
            with undone(), CaptureQueriesContext(connection) as queries:
                refused = 404 if name == "demonstration" else 403  # only the demonstration has it
                assert client.post(url_of(name, ADDRESSES[name], world)).status_code == refused, name
                assert written(queries) == [], name


@pytest.mark.parametrize(
    "name", ["cases:edit_identification", "cases:edit_exploitation", "cases:edit_measure"]
)
def test_a_part_is_not_reached_through_a_person_of_ones_own(name: str, world: World) -> None:
    from cases.models import Person
    from tests.actors import access
    from tests.makers import new_case

    with time_machine.travel(NOON, tick=False), undone():
        own = new_case(by=access(world.people["syd"]), region="SY").persons.get()
        assert isinstance(own, Person)
        url = url_of(name, ADDRESSES[name], world, code=own.code)
        assert world.client("syd").get(url).status_code == 404


@pytest.mark.parametrize("name", THEIRS)
def test_pages_of_ones_own_account_hold_nothing_of_the_register(name: str, world: World) -> None:
    keys: dict[str, dict[str, Any]] = {
        "account_reset_password_from_key": {"uidb36": "1", "key": "x-y"},
        "mfa_remove_webauthn": {"pk": 1},
    }
    url = reverse(name, kwargs=keys.get(name, {"pk": 1} if name == "mfa_edit_webauthn" else {}))
    words = (*world.numbers, *CASE_WORDS, *CALL_WORDS)
    with time_machine.travel(NOON, tick=False):
        for who, method in product(("vast", "admin", "nobody", "inactive"), ("get", "post")):
            with undone():
                status, text = answer(world.client(who), method, url)
            is_open = name in OPEN_TO_ALL or who not in WITHOUT_ACCOUNT
            assert status in {302, 400, 403, 404, 405, 429} | ({200} if is_open else set()), (who, method)
            assert [word for word in words if word in text] == []


OPEN_TO_ALL = {
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_login_webauthn",
}
