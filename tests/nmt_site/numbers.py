"""What `/metrics` tells."""

from __future__ import annotations

from typing import Any

from django.test import Client


def read(client: Client, **facts: Any) -> dict[str, float]:
    """The numbers of `/metrics` by name and labels."""
    answer = client.get("/metrics", **facts)
    assert answer.status_code == 200
    lines = answer.content.decode().splitlines()
    return {name: float(number) for name, number in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}
