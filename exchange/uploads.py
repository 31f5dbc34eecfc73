"""Uploads stay in memory: a spreadsheet of persons must not lie in clear in a folder for temporary files. A
file whose name tells who somebody is is taken without its name."""

from __future__ import annotations

import io
import re
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.utils.translation import gettext as _

from accounts.free_text import identifies_somebody
from exchange.limits import MAX_BYTES


def nameless(name: str) -> str:
    """Return the name of a file, or, where it tells who somebody is, one that says its kind alone."""
    before, dot, ending = name.rpartition(".")
    stem = before or name
    if not any(identifies_somebody(one) for one in (stem, re.sub(r"[\W_]+", " ", stem))):
        return name
    return f"{_('File')}{dot}{ending}" if re.fullmatch("[A-Za-z0-9]{1,5}", ending) else _("File")


class MemoryOnly(MemoryFileUploadHandler):
    """Of a file that is too large only the size is kept, so that the form can say so."""

    def handle_raw_input(self, *args: Any, **options: Any) -> None:
        self.activated = True  # however large the file

    def new_file(self, field_name: str, file_name: str, *args: Any, **options: Any) -> None:
        super().new_file(field_name, nameless(file_name), *args, **options)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > MAX_BYTES:
            self.file = io.BytesIO()
        else:
            self.file.write(raw_data)
