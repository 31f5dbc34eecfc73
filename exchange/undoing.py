"""An import is taken back as a whole while nothing later has touched its rows; else it says what has."""

from __future__ import annotations

from django.db import transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Access
from accounts.acting import beyond
from audit.writer import record
from exchange.importer import Between
from exchange.importers import importer_of
from exchange.journal import DISPOSED, Obstacle, Trace
from exchange.models import ImportRun
from exchange.runs import target_of
from sealing.sealed import of_bytes


class CannotUndo(Exception):
    """Rows of the import have been touched since."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__("rows of the import have been touched since")
        self.obstacles = obstacles

    def __str__(self) -> str:
        """The first row in the way, and how many more there are."""
        first, more = self.obstacles[0], len({one.label for one in self.obstacles}) - 1
        said = _("Nothing was undone. {label}: {reason}").format(label=first.label, reason=first.reason)
        return (
            f"{said} {ngettext('And %(n)d more.', 'And %(n)d more.', more) % {'n': more}}" if more else said
        )


class Undoing:
    """What undoing a run would do, and what stands in its way. Changes nothing."""

    def __init__(self, run: ImportRun, by: Access) -> None:
        self.importer = importer_of(run.importer)
        self.trace = Trace(of_bytes(run.journal), self.importer.models, by)

    @cached_property
    def obstacles(self) -> list[Obstacle]:
        """Asked as when it is undone, for who looks and who presses must be told the same."""
        if self.trace.journal.get(DISPOSED):
            return [Obstacle("–", _("Rows of it have been disposed of."))]
        with beyond("undoing"):
            return sorted({*self.importer.obstacles(self.trace)})

    def goes(self) -> list[tuple[str, int]]:
        """What would go, in words, and how much of it."""
        counts = self.trace.counts
        return [(str(words), counts[name]) for name, words in self.importer.goes.items()]


@transaction.atomic
@beyond("undoing")
def undo(run: ImportRun, *, by: Access, between: Between = lambda rows: None) -> ImportRun:
    """Take an import back. Raises CannotUndo; does nothing when it has been undone already."""
    importer_of(run.importer).require(by)
    run = ImportRun.objects.visible_to(by).select_for_update().get(pk=run.pk)
    if run.undone_at:
        return run
    undoing = Undoing(run, by)
    if undoing.obstacles:
        raise CannotUndo(undoing.obstacles)
    undoing.importer.take_back(undoing.trace, between)
    run.undone_at, run.undone_by = by.at, by.user
    run.save(update_fields=["undone_at", "undone_by"])
    on = target_of(run, undoing.importer)
    record(by, "import.undo", on, rows=undoing.trace.rows, digest=run.digest)
    return run
