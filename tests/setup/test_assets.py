"""The browser's files come inside Python packages, one of them repacked by a single person: they must be the
originals.

The sums are those of the files in the npm packages bootstrap 5.3.8 and htmx.org 2.0.10.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

SUMS = {
    "css/bootstrap.min.css": "d85327d99c7a3ee1f9b5d0500d1370acea3ad2db39c163c2f51f232baedbdede",
    "js/bootstrap.bundle.min.js": "e4fd49181388c48ec5040bd3fe66f57c29c8e67fcd8502b3354b96ec7ab47cc7",
    "django_htmx/htmx-2.min.js": "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de",
}


@pytest.mark.parametrize(("name", "expected"), SUMS.items())
def test_the_packaged_file_is_the_original(name: str, expected: str) -> None:
    found = finders.find(name)
    assert found
    assert hashlib.sha256(Path(found).read_bytes()).hexdigest() == expected
