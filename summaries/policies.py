"""Row-level security of what is kept of each year, and the triggers that mark a year when it has changed."""

from __future__ import annotations

from itertools import product
from typing import Final

from accounts.roles import May
from accounts.row_level_security import REGIONS, WITHIN_POLICIES, RowPolicy, Trigger, whose_role_may

TOTALS: Final = whose_role_may(May.VIEW_TOTALS)
_OWN: Final = f"{whose_role_may(May.VIEW_REGION_TABLES)} AND region = ANY ({REGIONS})"
SEES: Final = f"{TOTALS} OR ({_OWN})"
POLICIES: Final = {"summaries_yearcount": RowPolicy(SEES, adds=f"{SEES} OR headline IS NULL")}
IDENTIFIED: Final = "SELECT first_year, responsible_region_id FROM"
OPENED: Final = "SELECT extract(year FROM opened_on), region_id FROM"
PERSONS: Final = "SELECT p.first_year, p.responsible_region_id FROM changed JOIN cases_person AS p ON p."
CALLS: Final = """SELECT extract(year FROM received_on),
CASE WHEN consent = 'missing' THEN '' ELSE coalesce(referred_region_id, '') END FROM"""
OF_CALLS: Final = f"{CALLS} changed JOIN cases_call AS c ON c.id = call_id"
# Table → the years and regions with which `changed` rows of it are counted.
WATCHED: Final = {
    "agencies_agency": f"{PERSONS}first_agency_id = changed.id",
    "cases_case": f"{PERSONS}case_id = changed.id UNION {OPENED} changed",
    "cases_person": f"{IDENTIFIED} changed",
    "cases_exploitation": f"{PERSONS}id = person_id",
    "cases_measure": f"{PERSONS}id = person_id",
    "cases_call": f"{CALLS} changed",
    "cases_call_topics": OF_CALLS,
    "cases_call_outcomes": OF_CALLS,
}
EVENTS: Final = (("INSERT", "NEW"), ("DELETE", "OLD"), ("UPDATE", "OLD"), ("UPDATE", "NEW"))
MARK: Final = """INSERT INTO summaries_yearcount (year, region) SELECT DISTINCT of_year, part
FROM ({parts}) AS parts(of_year, of_region), unnest(ARRAY[of_region, '*']) AS part"""
KEPT: Final = "SELECT year, region FROM summaries_yearcount WHERE region <> '*'"  # whoever has left it
EVERYTHING: Final = (KEPT, f"{IDENTIFIED} cases_person", f"{CALLS} cases_call", f"{OPENED} cases_case")
# Who asks is said for the statement alone: also where nobody has said it, as in PostgreSQL's own program.
BEFORE: Final = """role text := coalesce(current_setting('nmt.role', true), '');
beyond text := coalesce(current_setting('nmt.beyond', true), '');"""
BEYOND: Final = f"""PERFORM set_config('nmt.role', 'owner', true);
PERFORM set_config('nmt.beyond', '{WITHIN_POLICIES}', true);"""
AGAIN: Final = "PERFORM set_config('nmt.role', role, true), set_config('nmt.beyond', beyond, true);"
TRIGGER_FUNCTIONS: Final = {
    # Looks at all rows, whoever has changed one, and then again at no more than before.
    "summaries_mark": f"""CREATE OR REPLACE FUNCTION summaries_mark() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE {BEFORE} BEGIN {BEYOND}
EXECUTE TG_ARGV[0];
{AGAIN} RETURN NULL; END $$""",
    # The function does whatever its trigger says, as the owner: nobody else may make a trigger of it.
    "summaries_mark, for nobody": "REVOKE EXECUTE ON FUNCTION summaries_mark() FROM PUBLIC",
}


def _watching(table: str, parts: str, event: str, rows: str) -> Trigger:
    name = f"summaries_{event}_{rows}".lower()
    return Trigger(
        name,
        table,
        f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed "
        f"FOR EACH STATEMENT EXECUTE FUNCTION summaries_mark($of${MARK.format(parts=parts)}$of$)",
    )


TRIGGERS: Final = {
    f"{table} {event} {rows}": _watching(table, parts, event, rows)
    for (table, parts), (event, rows) in product(WATCHED.items(), EVENTS)
}
# A new release may count in another way: nothing is fresh after it.
AFTERWARDS: Final = {
    "anew": f"""DO $$ DECLARE {BEFORE} BEGIN {BEYOND}
{MARK.format(parts=" UNION ".join(EVERYTHING))};
{AGAIN} END $$""",
}
