from django.apps import AppConfig
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("Audit trail")

    trail_kinds = ("audit",)

    def trail_words(self, label: str) -> str:
        """An event by its number; of an answer that is explained also the event that it named
        (audit_pages.words)."""
        answer, _space, place = label.partition(" ")
        if not answer.isdecimal() or (place and not place.isdecimal()):
            return label
        if not place:
            return gettext("event {number}").format(number=answer)
        said = gettext("event {number}, which answered that the chain was broken at event {place}")
        return said.format(number=answer, place=place)
