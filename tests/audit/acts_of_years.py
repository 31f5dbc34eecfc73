"""What is done about years that were taken over."""

from __future__ import annotations

from typing import Any, Final

from exchange.models import ImportRun
from legacy_import.models import Explanation
from legacy_import.sheets.balance import SheetTotal
from legacy_import.sheets.comparison import Of
from legacy_import.spreadsheets import FilledAnswer, explain, note_figures, take_back
from tests.actors import access
from tests.audit.acts import reads
from tests.audit.acts_of_office import by
from tests.world import World


def noted(world: World) -> dict[str, Any]:
    run = ImportRun.objects.create(
        importer="persons", by=world.people["vast"], at=access(world.people["vast"]).at, new=0, changed=0,
        unchanged=0, failed=0, digest="", journal=b"{}",
    )  # fmt: skip
    return {"said": [SheetTotal(Of(2018, "V"), "Väst", 1, 2)], "run": run}


def difference(world: World) -> dict[str, Any]:
    region = access(world.people["vast"]).names["V"]
    return {"year": 2018, "region": region, "wanted": FilledAnswer("missing", 1), "seen": 1}


def answered(world: World) -> dict[str, Any]:
    return {"answer": Explanation.objects.get(**world.objects["explanation"]), "seen": 1}


YEARS: Final = {
    **{
        f"reads legacy_import:{name}": reads(f"legacy_import:{name}")
        for name in ("differences", "differences_pdf", "differences_xlsx", "difference")
    },
    "keeps totals of sheets": by("vast", note_figures, noted),
    "explains a difference": by("vast", explain, difference),
    "takes an explanation back": by("vast", take_back, answered),
}
