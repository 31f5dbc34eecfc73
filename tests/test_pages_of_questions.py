"""A page that shows a question for two, asked for with the code of a question of another act, says that there
is no such page. It does not fail, whatever the question is about."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, Final

import pytest

from accounts.approvals import ACTS
from accounts.models import Approval
from tests.actors import NOON
from tests.test_years_in_addresses import ADDRESSES
from tests.weights import mostly_long
from tests.world import World, one_world, undone

pytestmark = pytest.mark.django_db
OF_RELEASES: Final = "summaries/publications/questions/"
TREES: Final = ("approvals/", OF_RELEASES, "disposal/")
PAGES: Final = [
    path for path, parts in ADDRESSES.items() if path.startswith(TREES) and set(parts) == {"code"}
]
READERS: Final = ("analyst", "manager", "admin")  # the manager may answer most
# What questions are about, as each act writes it; the page of a release looks for a version by it.
TEXTS: Final = {"register.export": "texts", "account.new": "n@example.org", "region.assign": "V:1"}
NUMBERED: Final = {"account.change", "account.code", "account.factor"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), one_world() as made:
        yield made


def question(act: str, world: World) -> Approval:
    """As somebody else has asked it, who is not among the readers."""
    of_user = {"user": world.people["olle"].pk, "region": "V", "pk": None, "fields": {}, "before": {}}
    of_release = {
        "year": 2018, "state": "final", "estimate": None, "at": None, "version": 1, "again": None,
        "sv": "", "en": "", "unconfirmed": {}, "revised": {}, "seen_before": [], "hands": [],
    }  # fmt: skip
    of_file = {"regions": ["V"], "rows": 1, "sheets": 1, "years": {}, "left": {}, "file": "abc"}
    payload = of_user | of_release | of_file | {"disposal": str(uuid.uuid4())}
    key = str(world.people["olle"].pk) if act in NUMBERED else TEXTS.get(act, str(uuid.uuid4()))
    return Approval.objects.create(
        act=act, target_kind="x", target_id=key, reason="x", asked_by=world.people["bo"], asked_at=NOON,
        payload=payload,
    )  # fmt: skip


@pytest.mark.parametrize("act", sorted(ACTS))
@pytest.mark.parametrize("reader", mostly_long(READERS, usual=["manager"]))
def test_each_page_of_questions_takes_the_code_of_any_act_without_failing(
    act: str, reader: str, world: World
) -> None:
    assert len(PAGES) == 7
    no = {"answer": "no", "reason": "x"}
    client = world.client(reader)
    client.raise_request_exception = False
    for page in PAGES:
        with undone():
            address = "/" + page.replace("<uuid:code>", str(question(act, world).code))
            found = {client.get(address).status_code, client.post(address, no).status_code}
        assert max(found) < 500, page
        if page.startswith(OF_RELEASES) and not act.startswith("version."):
            assert found <= {403, 404, 405}, page
