"""Refusals of a file in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from exchange.refusals import REFUSALS, Refused


def refusal(refused: Refused) -> str:
    return " ".join(_(REFUSALS[code]).format(**params) for code, params in refused.said)
