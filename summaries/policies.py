"""Row-level security of what is kept of each year, and the triggers that mark a year when it has changed."""

from __future__ import annotations

from itertools import product
from typing import Final

from accounts.roles import May
from accounts.row_level_security import WITHIN_POLICIES, RowPolicy, whose_role_may

TOTALS: Final = whose_role_may(May.VIEW_TOTALS)
POLICIES: Final = {"summaries_yearcount": RowPolicy(TOTALS, adds=f"{TOTALS} OR headline IS NULL")}
PERSONS: Final = "SELECT p.first_year FROM changed JOIN cases_person AS p ON p."
CALLS: Final = "SELECT extract(year FROM c.received_on) FROM changed JOIN cases_call AS c ON c.id = call_id"
# Table → the years of which `changed` rows of it are counted.
WATCHED: Final = {
    "agencies_agency": f"{PERSONS}first_agency_id = changed.id",
    "cases_case": f"{PERSONS}case_id = changed.id UNION SELECT extract(year FROM opened_on) FROM changed",
    "cases_person": "SELECT first_year FROM changed",
    "cases_exploitation": f"{PERSONS}id = person_id",
    "cases_measure": f"{PERSONS}id = person_id",
    "cases_call": "SELECT extract(year FROM received_on) FROM changed",
    "cases_call_topics": CALLS,
    "cases_call_outcomes": CALLS,
}
EVENTS: Final = (("INSERT", "NEW"), ("DELETE", "OLD"), ("UPDATE", "OLD"), ("UPDATE", "NEW"))
MARK: Final = "INSERT INTO summaries_yearcount (year)"
BEYOND: Final = f"PERFORM set_config('nmt.beyond', '{WITHIN_POLICIES}', true);"
TRIGGERS: Final[dict[str, str]] = {
    # Looks at all rows, whoever has changed one, and then again at no more than before.
    "mark": f"""CREATE OR REPLACE FUNCTION summaries_mark() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE before text := coalesce(current_setting('nmt.beyond', true), ''); BEGIN {BEYOND}
EXECUTE '{MARK} SELECT DISTINCT years.* FROM (' || TG_ARGV[0] || ') AS years';
PERFORM set_config('nmt.beyond', before, true); RETURN NULL; END $$""",
    **{
        f"{table} {event} {rows}": f"CREATE OR REPLACE TRIGGER summaries_{event}_{rows} AFTER {event} "
        f"ON {table} REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT "
        f"EXECUTE FUNCTION summaries_mark('{years}')"
        for (table, years), (event, rows) in product(WATCHED.items(), EVENTS)
    },
    # A new release may count in another way: nothing is fresh after it.
    "anew": f"""DO $$ DECLARE role text := coalesce(current_setting('nmt.role', true), '');
beyond text := coalesce(current_setting('nmt.beyond', true), '');
BEGIN PERFORM set_config('nmt.role', 'owner', true); {BEYOND}
{MARK} SELECT first_year FROM cases_person UNION SELECT extract(year FROM received_on) FROM cases_call
UNION SELECT extract(year FROM opened_on) FROM cases_case;
PERFORM set_config('nmt.role', role, true), set_config('nmt.beyond', beyond, true); END $$""",
}
