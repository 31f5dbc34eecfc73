"""CSV and XLSX as django-import-export asks for them, read by `reading`. Writing is `writing`'s."""

from __future__ import annotations

import hashlib
from typing import Any

import tablib
from django.utils.translation import gettext as _
from import_export.formats.base_formats import CSV, XLSX

from agencies.exchange.reading import REFUSALS, Refused, table


def dataset(data: bytes) -> tablib.Dataset:
    """With `digest`, the SHA-256 of the file, which its import is recorded by. Raises Refused."""
    header, rows = table(data)
    found = tablib.Dataset(*rows, headers=header)
    found.digest = hashlib.sha256(data).hexdigest()
    return found


def say(refused: Refused) -> str:
    return _(REFUSALS[refused.code])


class CsvFile(CSV):
    def create_dataset(self, in_stream: Any, **_kwargs: Any) -> tablib.Dataset:
        return dataset(in_stream)

    def is_binary(self) -> bool:
        """The encoding is found by reading, not assumed."""
        return True

    def get_read_mode(self) -> str:
        return "rb"

    def get_title(self) -> str:
        return "CSV"


class XlsxFile(XLSX):
    def create_dataset(self, in_stream: Any) -> tablib.Dataset:
        return dataset(in_stream)

    def get_title(self) -> str:
        return "XLSX"


FORMATS = (CsvFile, XlsxFile)
