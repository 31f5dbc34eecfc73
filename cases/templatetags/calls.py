"""Pieces of the call page."""

from __future__ import annotations

from typing import Any

from django.forms import BoundField
from django.template import Library

register = Library()
KEYS = "1234567890"


@register.inclusion_tag("cases/_toggles.html")
def toggles(field: BoundField, columns: int = 2) -> dict[str, Any]:
    """A group of choices with a key each; those beyond the common ones open behind the next key."""
    options = list(field)
    common = getattr(field.field, "common", len(options))
    shown, rest = options[:common], options[common:]
    return {
        "field": field,
        "columns": columns,
        "options": [(key, option) for key, option in zip(KEYS, shown, strict=False)],
        "rest": rest,
        "rest_key": KEYS[common] if rest else "",
        "rest_chosen": any(option.data["selected"] for option in rest),
    }
