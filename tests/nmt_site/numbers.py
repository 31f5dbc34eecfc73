"""What `/metrics` tells."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone


def read(client: Client, **facts: Any) -> dict[str, float]:
    """The numbers of `/metrics` by name and labels."""
    answer = client.get("/metrics", **facts)
    assert answer.status_code == 200
    lines = answer.content.decode().splitlines()
    return {name: float(number) for name, number in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


def migrated(ago: timedelta) -> None:
    """The last migration was so long ago."""
    MigrationRecorder(connection).migration_qs.update(applied=timezone.now() - ago)
