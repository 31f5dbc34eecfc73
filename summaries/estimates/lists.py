"""The lists that organisations are grouped into, as methods of estimation name them, with words for
people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LISTS = (
    ("PF", _("Police forces")),
    ("GO", _("Government organisations")),
    ("LA", _("Local authorities")),
    ("NG", _("Non-governmental organisations")),
    ("GP", _("General public")),
    ("A", _("Own list A")),
    ("B", _("Own list B")),
    ("C", _("Own list C")),
)
NAMES = dict(LISTS)


def list_names() -> dict[str, str]:
    """By key, in the active language."""
    return {key: str(name) for key, name in LISTS}
