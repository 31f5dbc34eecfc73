from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

PAGES: Final[dict[str, str | Promise]] = {
    "all": _("all tables"),
    "comparison": _("Ten years side by side"),
    "overview": _("overview"),
    "publication": _("Publishing"),
    "quality": _("Quality"),
    "sv": pgettext_lazy("language", "Swedish"),
    "en": pgettext_lazy("language", "English"),
}


class SummariesConfig(AppConfig):
    name = "summaries"
    verbose_name = _("Yearly summary")
    default_auto_field = "django.db.models.BigAutoField"
    trail_kinds = ("summary", "summaries")

    def ready(self) -> None:
        from summaries.release import release_actions

        release_actions.register()

    def trail_words(self, label: str) -> str:
        """A label of the audit trail, such as "2025 county": its tables and pages in words
        (audit_pages.words)."""
        from summaries.counting.reference import titles

        known = {**titles(), **PAGES}
        version = gettext("version %(n)s")
        said = [
            str(known.get(word, version % {"n": word} if at and word.isdigit() else word))
            for at, word in enumerate(label.split())
        ]
        return ", ".join(said)
