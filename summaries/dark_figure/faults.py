"""What a capture-history table may not be."""

from __future__ import annotations

from typing import Final

MAX_PERSONS: Final = (
    10**12
)  # beyond this a count is a typing error, and doubles would no longer hold it exactly


class CaptureTableError(ValueError):
    """A table that cannot be read; the message is one sentence for the person who sent it."""
