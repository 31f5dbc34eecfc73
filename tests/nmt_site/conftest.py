from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from nmt_site.logs import JsonLines


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The lines of the log, as a machine reads them."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)
