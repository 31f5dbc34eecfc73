"""A value as bytes and back, for a column that holds files: dates, translated words and sets too."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.functional import Promise


class Encoder(DjangoJSONEncoder):
    def default(self, o: object) -> object:
        if isinstance(o, date | Promise):
            return str(o)
        return list(o) if isinstance(o, set | frozenset) else super().default(o)


def as_bytes(value: object) -> bytes:
    return json.dumps(value, cls=Encoder, ensure_ascii=False, separators=(",", ":")).encode()


def of_bytes(data: bytes | memoryview) -> Any:
    return json.loads(bytes(data))
