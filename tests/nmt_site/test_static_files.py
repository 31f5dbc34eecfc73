"""Styles and scripts as a server hands them out: under names that change with them, compressed, kept for
ever."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import RequestFactory
from whitenoise.compress import Compressor
from whitenoise.middleware import WhiteNoiseMiddleware

pytestmark = (
    pytest.mark.django_db
)  # to close an answer looks after the connection to the database, if one is open
STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"


@pytest.fixture
def collected(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All files by their hashes, our own compressed: to compress those of packages too takes half a
    minute."""
    ours = lambda _compressor, name: name.startswith("nmt/")  # noqa: E731
    monkeypatch.setattr(Compressor, "should_compress", ours)
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": STORAGE}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_they_are_compressed_and_kept_for_ever_by_their_hash(collected: Path) -> None:
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    server = WhiteNoiseMiddleware(lambda request: HttpResponse(status=404))
    for name in ("nmt/base.css", "nmt/forms.js", "nmt/admin.css"):
        hashed = names[name]
        assert re.fullmatch(rf"{name.partition('.')[0]}\.[0-9a-f]{{12}}\.\w+", hashed)
        answer = server(RequestFactory().get(f"/static/{hashed}", headers={"accept-encoding": "gzip"}))
        answer.close()
        assert answer.status_code == 200
        assert answer["Content-Encoding"] == "gzip"
        assert "immutable" in answer["Cache-Control"]
        assert int(re.search(r"max-age=(\d+)", answer["Cache-Control"])[1]) > 300 * 24 * 3600
