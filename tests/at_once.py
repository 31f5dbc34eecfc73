"""Several people at the same moment: each in a thread, with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def at_once(work: Callable[[int], Any], number: int = 2) -> None:
    """`work` is given 0, 1, …; what one of them raises is raised here. Needs a test with transactions of its
    own."""
    faults: list[BaseException] = []
    start = threading.Barrier(number)

    def run(who: int) -> None:
        try:
            start.wait(timeout=20)
            work(who)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(who,)) for who in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if faults:
        raise faults[0]
    assert not any(thread.is_alive() for thread in threads), "somebody still waits"
