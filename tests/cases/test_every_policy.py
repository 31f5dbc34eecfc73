"""Every table with a policy, whoever asks: by raw SQL as the application's role somebody reads, changes and
removes what the second reading of `test_scope_oracle` says is theirs, row by row, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import connection, models

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from accounts.row_level_security import row_policies
from agencies.models import Code, Coordinator, Region
from cases.models import Call, Case, Notification, Transfer
from retention.processing_record import DESCRIBED_OTHERWISE, lines, roles_of
from tests.cases.test_scope_oracle import (
    REGIONS,
    START,
    Network,
    changes_case,
    network,
    reads_whole,
    regions_of,
    sees_call,
    sees_case,
    sees_person,
)
from tests.database_roles import asked, only_postgresql, touched, under_policies_of
from tests.filler import Filler, needed
from tests.weights import mostly_long

pytestmark = [pytest.mark.django_db, only_postgresql]
Row = dict[str, Any]
MODELS: Final = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
# What a row hangs on: it is seen with that row, and changed where that may be changed. By the end of its
# table's name, the column and the table.
PARENTS: Final[dict[str, tuple[str, str]]] = {
    **{
        f"cases_{part}": ("person_id", "cases_person")
        for part in ("identification", "exploitation", "measure", "personindicator")
    },
    **{
        f"cases_exploitation_{one}": ("exploitation_id", "cases_exploitation")
        for one in ("acts", "means", "controls")
    },
    **{f"cases_call_{one}": ("call_id", "cases_call") for one in ("topics", "purposes", "outcomes")},
    "cases_notification_purposes": ("notification_id", "cases_notification"),
    "exchange_exportpart": ("file_id", "exchange_exportfile"),
}
OWNERS: Final = {
    "cases_draft": "owner_id",
    "cases_sentlate": "owner_id",
    "cases_lastlist": "user_id",
    "exchange_importupload": "owner_id",
    "exchange_exportfile": "owner_id",
    "exchange_headingmap": "owner_id",
    "exchange_importrun": "by_id",
}
# Of a region, and read by who reads totals too.
TOTALS: Final = {Role.ANALYST, Role.MANAGER}
COUNTS: Final = {"legacy_import_sheetfigure", "legacy_import_explanation"}
# Numbers of what is disposed of: who proposes, who answers, and who is consulted.
WATCH: Final = {Role.ADMINISTRATOR, Role.MANAGER, Role.DPO}
# Of which the web server's role removes no row, and the former states of all. Calls are not among them: to
# undo an import removes those that it made.
NEVER_DELETED: Final = {
    *("cases_notification", "cases_accessgrant", "cases_misregistration", "cases_caseseries"),
    *("exchange_importrun", "retention_disposal"),
}
# What is noted of a case, by the column that names it.
OF_WHOLE_CASES: Final = {
    "cases_suspectcount": "case_id",
    "cases_historicalsuspectcount": "case_id",
    "cases_historicalcase": "id",
}
ROWS: Final = 3
NOBODYS: Final = frozenset({"cases_likenesssearch", "cases_comparedperson", "cases_waitinghint"})


@dataclass
class Reader:
    """What one user sees and owns at one moment, in a register whose rows are `rows`, by table."""

    net: Network
    user: User
    at: datetime
    on: date
    rows: dict[str, list[Row]]

    def __post_init__(self) -> None:
        self.regions = regions_of(self.net, self.user, self.on)
        grants = self.net.grants
        self.seen = self._casework()
        self.net.grants = []
        self.own = self._casework()
        self.net.grants = grants
        for table, kind in (("cases_exploitation", "cases_person"), ("exchange_exportfile", "")):
            for found in (self.seen, self.own):
                found[table] = {
                    row["id"]
                    for row in self.rows[table]
                    if (row["person_id"] in found[kind] if kind else row["owner_id"] == self.user.pk)
                }

    def _casework(self) -> dict[str, set[int]]:
        net, user, regions = self.net, self.user, self.regions
        sent = [row for row in self.rows["cases_notification"] if self._sent(row)]
        return {
            "cases_case": {c.pk for c in net.cases if sees_case(net, user, self.at, regions, c)},
            "cases_person": {p.pk for p in net.persons if sees_person(net, user, self.at, regions, p)},
            "cases_call": {c.pk for c in net.calls if sees_call(user, regions, c)},
            "cases_notification": {row["id"] for row in sent},
        }

    def _sent(self, row: Row) -> bool:
        mine = self.user.role == Role.OFFICER and row["officer_id"] == self.user.pk
        return mine or row["region_id"] in self.regions

    def sees(self, table: str, row: Row) -> bool:
        if table == "cases_reminder":  # of colleagues' too: the extract of the region's case holds them
            case = self._case(row["case_id"])
            ours = case is not None and changes_case(self.user, self.regions, case)
            return ours or self.changes(table, row)
        if table == "retention_disposal":
            return self.user.role in WATCH
        if table in COUNTS:
            return self.user.role in TOTALS or self._takes_over(row["region_id"])
        if table in OF_WHOLE_CASES:
            case = self._case(row[OF_WHOLE_CASES[table]])
            return case is not None and reads_whole(self.net, self.user, self.at, self.regions, case)
        return self._reaches(table, row, self.seen)

    def _case(self, key: int) -> Case | None:
        return next((case for case in self.net.cases if case.pk == key), None)

    def changes(self, table: str, row: Row) -> bool:
        if table.startswith("cases_historical"):
            return False
        if table == "cases_accessgrant":
            return row["region_id"] in self.regions and row["case_id"] is not None
        if table in {"cases_case", "cases_suspectcount"}:
            case = self._case(row["id" if table == "cases_case" else "case_id"])
            return case is not None and changes_case(self.user, self.regions, case)
        if table == "cases_reminder":
            return row["case_id"] in self.own["cases_case"] and row["by_id"] == self.user.pk
        if table == "retention_disposal":
            return self.user.role == Role.ADMINISTRATOR
        if table in COUNTS:
            country = table == "legacy_import_explanation" and row["region_id"] is None
            return self._takes_over(row["region_id"]) or (country and self.user.role == Role.ANALYST)
        return self._reaches(table, row, self.own)

    def _reaches(self, table: str, row: Row, found: dict[str, set[int]]) -> bool:
        if table.startswith("cases_historical"):
            now = table.replace("historical", "", 1)
            if now in found and now not in PARENTS:
                return row["id"] in found[now]
            table = now
        if table in PARENTS:
            column, of = PARENTS[table]
            return row[column] in found[of]
        if table in found:
            return row["id"] in found[table]
        if table in OWNERS:
            return bool(row[OWNERS[table]] == self.user.pk)
        if table == "summaries_yearcount":  # of each region, and of the whole country
            return self.user.role in TOTALS or self._takes_over(row["region"])
        if table.startswith(("retention_", "legacy_import_")):
            return self._of_spreadsheets(table, row)
        return self._between_regions(table, row)

    def _takes_over(self, region: str | None) -> bool:
        return self.user.role == Role.COORDINATOR and region in self.regions

    def _of_spreadsheets(self, table: str, row: Row) -> bool:
        """Of who brought the file, and of the regions that it is for."""
        if table.endswith("_regions"):
            return self._takes_over(row["region_id"])
        if table == "legacy_import_takensheet":
            table = "legacy_import_takeover"
            row = next(one for one in self.rows[table] if one["id"] == row["of_id"])
        links = self.rows[f"{table}_regions"]
        mine = {
            link["region_id"]
            for link in links
            if link[f"{table.removeprefix('legacy_import_')}_id"] == row["id"]
        }
        brought = self.user.role == Role.COORDINATOR and row["by_id"] == self.user.pk
        return brought or any(map(self._takes_over, mine))

    def _between_regions(self, table: str, row: Row) -> bool:
        if table == "cases_message":
            return self._of_message(row)
        if table == "cases_transfer":
            return bool({row["from_region_id"], row["to_region_id"]} & self.regions)
        if table == "cases_accessgrant":
            here = row["case_id"] is not None and row["region_id"] in self.regions
            return self.user.role == Role.COORDINATOR and (row["asked_by_id"] == self.user.pk or here)
        if table == "cases_duplicatereview":
            # One of the two is enough: the own person's page says that another region may be asked.
            return bool({row["first_id"], row["second_id"]} & self.own["cases_person"])
        if table == "cases_misregistration":
            mine = self.user.role == Role.OPERATOR and row["by_id"] == self.user.pk
            return mine or row["region_id"] in self.regions
        if table == "cases_caseseries":
            return row["region_id"] in self.regions
        assert table in NOBODYS, f"{table} has a wall, and no second reading says whose its rows are"
        return False

    def _of_message(self, row: Row) -> bool:
        """With what it is about; of a call that was referred elsewhere since, not by the region it is at."""
        if row["notification_id"] is not None:
            return row["notification_id"] in self.seen["cases_notification"]
        if row["call_id"] is not None:
            there = self.user.role == Role.OPERATOR or row["region_id"] in self.regions
            return there and row["call_id"] in self.seen["cases_call"]
        about = next(one for one in self.rows["cases_transfer"] if one["id"] == row["transfer_id"])
        return bool({about["from_region_id"], about["to_region_id"]} & self.regions)


def fill(net: Network) -> None:
    """A few rows in every table with a policy that the network leaves empty, each of another's."""
    filler = Filler()
    there: dict[Any, list[Any]] = {
        User: [user.pk for user in net.users],
        Region: list(REGIONS),
        Code: list(Code.objects.order_by("pk").values_list("pk", flat=True)[:40]),
        **{type(rows[0]): [row.pk for row in rows] for rows in (net.cases, net.persons, net.calls)},
    }
    for model in map(MODELS.__getitem__, sorted(row_policies(), key=last)):
        if not model._base_manager.exists() or "historical" in model._meta.db_table:
            for number in range(1 if "search" in model._meta.db_table else ROWS):
                label = model._meta.label_lower
                filler.one(f"{label}#{number}", **_facts(model, there, needed(label), number))
        there[model] = list(model._base_manager.values_list("pk", flat=True))
        net.random.shuffle(there[model])


def last(table: str) -> tuple[bool, bool, str]:
    """Former states last, and before them what is about rows of several tables."""
    return ("historical" in table, table in {"cases_message", "legacy_import_takensheet"}, table)


def _facts(model: Any, there: dict[Any, list[Any]], needed: dict[str, Any], number: int) -> dict[str, Any]:
    """Every reference that must be, and of a former state every one, to a row that is there."""
    name = model._meta.model_name
    former = name.startswith("historical")
    facts: dict[str, Any] = {
        field.attname: there[field.related_model][number % len(there[field.related_model])]
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.attname not in needed
        if (former or not field.null) and there.get(field.related_model)
    }
    if former and "_" not in name:
        now = there.get(apps.get_model(model._meta.label_lower.replace("historical", "")), [])
        facts["id"] = now[number % len(now)] if now else number
    if name == "message":
        about = (Notification, Call, Transfer)[number % ROWS]
        facts[f"{about._meta.model_name}_id"] = there[about][number % len(there[about])]
    return facts | {
        key: value
        for table, key, value in (
            ("waitinghint", "first", number),
            ("waitinghint", "second", ROWS + number),
            ("comparedperson", "person", number),
            ("likenesssearch", "id", 1),
            ("notification", "receipt", f"R-{number}"),
            ("notification", "contacted_how", ""),
            ("sheetfigure", "year", 2018),
            ("explanation", "year", 2018),
            ("explanation", "number", number + 1),
        )
        if table == name
    }


def everything() -> dict[str, list[Row]]:
    """As the owner of the tables, whom no policy stands in the way of."""
    found: dict[str, list[Row]] = {}
    for table in row_policies():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            names = [column.name for column in cursor.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return found


def keys(rows: Iterable[Row], table: str) -> set[Any]:
    return {row[MODELS[table]._meta.pk.attname] for row in rows}


def readers_by_the_record() -> dict[str, set[Role]]:
    """Of each table, the roles that the record of processing names; without those of which it says in words
    who sees them."""
    found: dict[str, set[Role]] = {}
    for line in lines():
        if DESCRIBED_OTHERWISE.isdisjoint(line.treated.seen):
            found.setdefault(line.model._meta.db_table, set()).update(roles_of(line.treated))
    return found


@pytest.mark.parametrize("seed", mostly_long(range(3), usual=[0]))
def test_nobody_reaches_a_row_of_any_table_that_is_not_theirs_and_everybody_all_that_is(seed: int) -> None:
    net = network(seed)
    roles = (Role.OFFICER, Role.OPERATOR, Role.COORDINATOR, Role.COORDINATOR, Role.ANALYST)
    net.users += [
        User.objects.create(email=f"{n}@example.org", name="N", role=role) for n, role in enumerate(roles)
    ]
    vera = net.users[-3]  # has a region all the time; the coordinator after her has none
    net.assignments.append(
        Coordinator.objects.create(region_id="V", kind="coordinator", user=vera, name="V", valid_from=START)
    )
    fill(net)
    rows = everything()
    assert all(rows.values()), [table for table, some in rows.items() if not some]
    reached, readers = dict.fromkeys(row_policies(), 0), readers_by_the_record()
    for user in net.users:
        at = net.moment()
        access = Access.of(user, at=at)
        reader = Reader(net, user, at, access.today, rows)
        for table, some in rows.items():
            key = MODELS[table]._meta.pk.column
            mine = [row for row in some if reader.changes(table, row)]
            theirs = keys((row for row in some if reader.sees(table, row)), table)
            with under_policies_of(access):
                told = (user.role, at, table)
                assert asked(f"SELECT {key} FROM {table}") == theirs, told
                assert touched(f"UPDATE {table} SET {key} = {key}") == len(mine), told
                kept = table in NEVER_DELETED or "historical" in table
                assert touched(f"DELETE FROM {table}") == (0 if kept else len(mine)), told
            assert not theirs or user.role in readers.get(table, list(Role)), told
            reached[table] += len(theirs)
    assert sum(map(bool, reached.values())) > 25, reached  # it proves something
