"""A file between upload and confirmation: kept encrypted for half an hour, read once, gone when used."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.access import Access
from accounts.roles import May
from audit.writer import record
from cases.importing import preview
from cases.importing.applying import AT_ONCE, Between, Choice, Stale, import_persons
from cases.importing.lookups import Lookups
from cases.importing.plan import Plan
from cases.importing.planning import plan as make_plan
from cases.importing.preview import Preview
from cases.importing.reading import read
from cases.models import ImportRun, ImportUpload
from exchange.reading import Sheet, check_size
from exchange.refusals import Refused
from sealing.sealed import seal, seal_json, unseal, unseal_json

LIFETIME: Final = timedelta(minutes=30)
# bytes, some 3 000 rows: read while the reader waits; a larger file is a background run
SMALL: Final = 400_000
FEW: Final = 2_000  # rows written while the reader waits


@transaction.atomic
def put(name: str, data: bytes, *, by: Access) -> ImportUpload:
    """Keep a file until it is confirmed. Raises Refused when it is empty or too large."""
    by.require(May.IMPORT_PERSONS)
    check_size(len(data))
    purge(by.at)
    return ImportUpload.objects.create(
        owner=by.user, name=name[:120], content=seal(data), created_at=by.at, expires_at=by.at + LIFETIME
    )


def purge(at: datetime) -> int:
    """Files that nobody confirmed in time. Returns how many."""
    return ImportUpload.objects.expired(at).delete()[0]


def look(upload: ImportUpload, *, by: Access) -> None:
    """Read the file and keep what it would do. Raises Refused."""
    sheet = read(unseal(upload.content))
    plan = make_plan(sheet, by=by, today=by.today)
    _keep(upload, plan, sheet)
    record(by, "import.preview", upload, rows=len(plan.rows) + len(plan.failed))


def look_later(upload: ImportUpload, *, by: Access) -> None:
    """The same in a background run: why a file is refused waits with it for whoever comes back."""
    try:
        look(upload, by=by)
    except Refused as refused:
        upload.refusal = json.dumps(refused.said)
        upload.save(update_fields=["refusal"])


def confirm(
    upload: ImportUpload, *, by: Access, good_rows: bool, between: Between | None = None
) -> ImportRun | None:
    """Carry out what was shown; the file is gone then, and the run has its code: confirmed once more, it is
    that run. Raises Stale when the register has changed since: what holds now is kept for the page to
    show."""
    choice = Choice(good_rows=good_rows, shown=upload.fingerprint, code=upload.code)
    more = {"between": between} if between else {}
    try:
        with transaction.atomic():
            if not ImportUpload.objects.visible_to(by).select_for_update().filter(pk=upload.pk).only("pk"):
                return ImportRun.objects.visible_to(by).get(code=upload.code)
            run = import_persons(unseal(upload.content), by=by, today=by.today, choice=choice, **more)[1]
            if run is not None:
                upload.delete()
            return run
    except Stale as stale:
        _keep(upload, stale.plan, read(unseal(upload.content)))
        raise


def batches_of(upload: ImportUpload) -> int:
    """About how many times `between` is called: once for each batch of persons."""
    shown = preview_of(upload)
    return -(-shown.to_write // AT_ONCE) if shown else 0


def _keep(upload: ImportUpload, plan: Plan, sheet: Sheet) -> None:
    upload.preview, upload.fingerprint = seal_json(preview.as_json(plan, sheet)), plan.fingerprint()
    upload.save(update_fields=["preview", "fingerprint"])


def preview_of(upload: ImportUpload) -> Preview | None:
    """None while the file has not been read, or when it is refused."""
    return Preview(unseal_json(upload.preview), Lookups.load()) if upload.preview else None


def refusal_of(upload: ImportUpload) -> Refused | None:
    return (
        Refused(*((code, params) for code, params in json.loads(upload.refusal))) if upload.refusal else None
    )
