"""Every act that the audit log tells of, done by somebody who may, in the small register of `tests/world.py`.

`prepare` is what has to be there before; what is done then is the act alone. A place in the code that writes
an event and that no act here reaches first fails `test_nothing_without_its_event`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tests.addresses import ADDRESSES
from tests.world import World


@dataclass(frozen=True)
class Act:
    """`do` is given what `prepare` returned."""

    do: Callable[[World, Any], Any]
    prepare: Callable[[World], Any] = lambda world: None


# --- by pages -----------------------------------------------------------------------------------
def url(world: World, name: str, **kwargs: Any) -> str:
    address = ADDRESSES[name]
    return reverse(name, kwargs={**address.kwargs, **world.objects.get(address.target, {}), **kwargs})


def reads(name: str) -> Act:
    who = sorted(ADDRESSES[name].may)[0]
    return Act(lambda world, _given: world.client(who).get(url(world, name)))


def posts(who: str, name: str, data: Any = None, **kwargs: Any) -> Act:
    facts = data if callable(data) else lambda world: data
    return Act(lambda world, _given: world.client(who).post(url(world, name, **kwargs), facts(world)))


def admin(who: str, page: str, data: Any = None, *args: Any) -> Act:
    """With `data` what is posted."""

    def do(world: World, _given: Any) -> Any:
        client, address = (
            world.client(who),
            reverse(f"admin:{page}", args=[a(world) if callable(a) else a for a in args]),
        )
        return client.get(address) if data is None else client.post(address, data)

    return Act(do)
