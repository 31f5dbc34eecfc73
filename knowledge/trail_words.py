"""The audit trail's words of articles: collected by `audit_pages.words`."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy

# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "article": gettext_lazy("Articles"),
    "remark": gettext_lazy("Texts beside the figures"),
}
# What was done: the part after the dot.
DONE: Final = {"articles": gettext_lazy("articles")}
