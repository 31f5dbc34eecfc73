"""Words of the audit log and rights in Django's admin, which the app hands in (accounts.permissions)."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy

from accounts.permissions import NO_RIGHTS, Verbs, one_right, rights
from accounts.roles import May

# What an event is about: the part of its action before the dot.
ABOUT: Final = {"article": gettext_lazy("Articles"), "remark": gettext_lazy("Texts beside the figures")}
# What was done: the part after the dot.
DONE: Final = {"articles": gettext_lazy("articles")}


EDITORS: Final = rights(May.EDIT_REMARKS)
VERBS: Final[dict[str, Verbs]] = {
    "knowledge.article": one_right(May.EDIT_KNOWLEDGE),
    # The register knows which remarks there are: none comes, and none goes.
    "knowledge.remark": Verbs(EDITORS, EDITORS, add=NO_RIGHTS, load=NO_RIGHTS, export=NO_RIGHTS),
}


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = gettext_lazy("Knowledge")
