"""A file of a list between upload and confirmation: kept encrypted for half an hour, gone when used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from accounts.access import Access
from audit.writer import Target, record
from exchange.importing import Between, Choice, Stale, import_list
from exchange.models import ListRun, ListUpload
from exchange.planning import ListPlan, Outcome
from exchange.preview import Waiting
from exchange.reading import Sheet, check_size
from exchange.refusals import Refused
from exchange.resource import RESOURCES, RegisterResource
from exchange.telling import refusal
from sealing.sealed import seal, seal_json, unseal, unseal_json

LIFETIME: Final = timedelta(minutes=30)
SMALL: Final = 200_000  # bytes: read while the reader waits; a larger file is a background run
FEW: Final = 1_000  # rows written while the reader waits


@transaction.atomic
def put(resource: RegisterResource, data: bytes) -> ListUpload:
    """Keep a file until it is confirmed. Raises Refused when it is empty or too large."""
    resource.require_import()
    check_size(len(data))
    by = resource.by
    ListUpload.objects.expired(by.at).delete()
    return ListUpload.objects.create(
        owner=by.user,
        resource=resource.name,
        content=seal(data),
        created_at=by.at,
        expires_at=by.at + LIFETIME,
    )


def resource_of(kept: ListUpload | ListRun, by: Access) -> RegisterResource:
    return RESOURCES[kept.resource](access=by)


def about_rows(kept: ListUpload) -> int:
    """Lines of a CSV file; what a workbook holds is known when it has been read: 0."""
    data = unseal(kept.content)
    return 0 if data.startswith(b"PK") else data.count(b"\n")


@transaction.atomic
def look(kept: ListUpload, *, by: Access, between: Between = lambda rows: None) -> None:
    """Read the file and keep what it would do. Raises Refused."""
    resource = resource_of(kept, by)
    done = import_list(unseal(kept.content), resource, choice=Choice(trial=True), between=between)
    _keep(kept, done.plan, done.sheet)
    on = Target(resource.model._meta.label_lower, str(kept.code), resource.get_display_name())
    record(by, "import.preview", on, rows=len(done.plan.lines) + len(done.plan.failed))


def look_later(kept: ListUpload, *, by: Access, between: Between) -> None:
    """The same in a background run: why a file is refused waits with it for whoever comes back."""
    try:
        look(kept, by=by, between=between)
    except Refused as refused:
        kept.preview = seal_json({"refused": refusal(refused)})
        kept.save(update_fields=["preview"])


def confirm(
    kept: ListUpload, *, by: Access, good_rows: bool, between: Between = lambda rows: None
) -> ListRun | None:
    """Carry out what was shown; the file is gone then, and the run has its code: confirmed once more, it is
    that run. Raises Stale when the register has changed since: what holds now is kept for the page to
    show."""
    choice = Choice(good_rows=good_rows, shown=kept.fingerprint, code=kept.code)
    try:
        with transaction.atomic():
            if not ListUpload.objects.visible_to(by).select_for_update().filter(pk=kept.pk).only("pk"):
                return ListRun.objects.visible_to(by).get(code=kept.code)
            run = import_list(unseal(kept.content), resource_of(kept, by), choice=choice, between=between).run
            if run is not None:
                kept.delete()
            return run
    except Stale as stale:
        _keep(kept, stale.plan, stale.sheet)
        raise


def _keep(kept: ListUpload, plan: ListPlan, sheet: Sheet) -> None:
    kept.preview = seal_json(_as_json(plan, sheet))
    kept.fingerprint = plan.fingerprint()
    kept.save(update_fields=["preview", "fingerprint"])


def _as_json(plan: ListPlan, sheet: Sheet) -> dict[str, Any]:
    return {
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "columns": list(plan.header),
        "counts": plan.counts(),
        "failed": [[said.row, said.column, said.value, said.message] for said in plan.errors],
        **{
            outcome.value: [[line.row, line.key, line.told] for line in plan.lines if line.outcome is outcome]
            for outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED)
        },
    }


@dataclass(frozen=True)
class ListPreview(Waiting):
    """Of a list: its rows wait as they are shown."""

    @property
    def refused(self) -> str:
        return str(self.data.get("refused", ""))

    def problems(self) -> dict[int, list[str]]:
        """What is wrong, in words, by line: for the file of failed rows."""
        found: dict[int, list[str]] = {}
        for row, column, _value, message in self.data["failed"]:
            found.setdefault(row, []).append(f"{column}: {message}" if column else message)
        return found


def preview_of(kept: ListUpload) -> ListPreview | None:
    """None while the file has not been read."""
    return ListPreview(unseal_json(kept.preview)) if kept.preview else None
