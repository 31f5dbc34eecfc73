"""What `check_register` asks of the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from agencies.deputies import against_the_rules

CHECKS: Final[dict[str, Callable[[], Iterator[str]]]] = {"deputy against the rules": against_the_rules}
