"""Change the lists that administrators and analysts keep. Every change is recorded by the names of its
fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.roles import May
from agencies.models import Code, CodeMapping
from exchange.list_rows import delete_row


@transaction.atomic
def delete_code(*, code: Code, by: Access) -> None:
    """A code that nothing has ever used. Raises PermissionDenied otherwise: `valid_to` ends it instead."""
    by.require(May.ADMINISTER)
    Code.objects.select_for_update().get(pk=code.pk)
    if in_use(code):
        raise PermissionDenied(_("The code is in use or has been. Give it a last day of validity instead."))
    delete_row(row=code, by=by)


@transaction.atomic
def delete_mapping(*, mapping: CodeMapping, by: Access) -> None:
    by.require(May.ADMINISTER)
    delete_row(row=mapping, by=by)


def in_use(code: Code) -> bool:
    """Whether any row, past version of a row, or mapping names the code: one query for each link to codes."""
    if CodeMapping.objects.filter(code=code.key).exists():
        return True
    links: Iterable[Any] = (link for link in Code._meta.get_fields(include_hidden=True) if link.auto_created)
    return any(
        link.related_model._base_manager.filter(**{link.field.name: code}).exists()
        for link in links
        if link.one_to_many
    )
