"""What is asked of PostgreSQL while the head of the audit log is locked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

LOCK, MOVE = "audit_head_locked()", "SELECT audit_head_moved("


@dataclass
class LockWatch:
    """A wrapper of statements that notes those after the lock is taken, to the end of each transaction.

    A test is one transaction: those of an act are its savepoints, and one ends with the last of them. An
    event that is written outside any is a transaction of its own.
    """

    open: int = 0
    locked: bool = False
    after: list[list[str]] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        self.note(sql)
        return execute(sql, *more)

    def note(self, sql: str) -> None:
        if sql.startswith("SAVEPOINT"):
            self.open += 1
        elif sql.startswith(("RELEASE", "ROLLBACK")):
            self.open -= sql.startswith("RELEASE")
        elif self.locked:
            self.after[-1].append(sql[:120])
        elif LOCK in sql:
            self.locked = True
            self.after.append([])
        if self.locked and self.open == 0 and sql.startswith(("RELEASE", MOVE)):
            self.after[-1].append("COMMIT")
            self.locked = False

    def longest(self) -> int:
        return max(map(len, self.after), default=0)
