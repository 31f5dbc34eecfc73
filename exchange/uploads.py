"""Uploads stay in memory: a spreadsheet of persons must not lie in clear in a folder for temporary files. A
file whose name tells who somebody is is taken without its name."""

from __future__ import annotations

import io
import re
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext as _

from accounts.free_text import tells_who
from exchange.limits import MAX_BYTES


def nameless(name: str) -> str:
    """Return the name of a file, or, where it tells who somebody is, one that says its kind alone."""
    stem, dot, ending = name.rpartition(".")
    if not any(map(tells_who, (stem or name, re.sub(r"[\W_]+", " ", stem or name)))):
        return name
    return f"{_('File')}{dot}{ending}" if re.fullmatch("[A-Za-z0-9]{1,5}", ending) else _("File")


class MemoryOnly(FileUploadHandler):
    """Of a file that is too large only the size is kept, so that the form can say so."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > MAX_BYTES:
            self.kept = io.BytesIO()
        else:
            self.kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.kept.seek(0)
        return InMemoryUploadedFile(
            file=self.kept,
            field_name=self.field_name,
            name=nameless(self.file_name or ""),
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
