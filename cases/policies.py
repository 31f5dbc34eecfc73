"""The row-level security policies of casework: `cases/scope.py` in SQL, by the same table `SCOPE`."""

from __future__ import annotations

from typing import Final

from accounts.roles import May
from accounts.row_level_security import (
    AT,
    EVERYTHING,
    ME,
    NO_ROWS,
    REGIONS,
    ROLE,
    Bypass,
    Function,
    RowPolicy,
    whose_role_may,
)
from cases.access_log import named_by_code
from cases.choices import Consent
from cases.scope import SCOPE, By


# Each subselect of a policy is planned anew for each table of a statement: there are few, and the role is
# asked within those for the person and the regions.
def _found(kind: str, own: str, region: str) -> str:
    """The condition of rows of a kind as `SCOPE` finds them: `own` and `region` are to ask `_me` and
    `_regions`, which are nobody and none for whoever finds rows in another way."""
    everybodys = f"{ROLE} IN ({_roles(kind, By.ALL)})"
    ways = ((By.ALL, everybodys), (By.REGION, region), (By.ONESELF, own))
    return _or(*(condition for way, condition in ways if _roles(kind, way)))


def _me(kind: str) -> str:
    """The key of who asks, where rows of a kind are found by that; else null, which equals nothing."""
    return f"(SELECT CASE WHEN nmt_role() IN ({_roles(kind, By.ONESELF)}) THEN nmt_person() END)"


def _regions(kind: str) -> str:
    """The regions of who asks, where rows of a kind are found by them; else none."""
    own = f"CASE WHEN nmt_role() IN ({_roles(kind, By.REGION)}) THEN nmt_regions() ELSE '{{}}' END"
    return f"(SELECT {own})::text[]"


def _roles(kind: str, *ways: By) -> str:
    return ", ".join(f"'{role.value}'" for role, scope in SCOPE.items() if getattr(scope, kind) in ways)


def _or(*conditions: str) -> str:
    return " OR ".join(f"({condition})" for condition in conditions if condition != NO_ROWS) or NO_ROWS


def _own_cases(at: str, came: str) -> str:
    """`came`: the function that names those to add to the region's; none of them where it is empty."""
    here = f"{at}.region_id = ANY ({_regions('cases')})"
    also = f"{at}.id IN (SELECT {came}())" if came else NO_ROWS
    return _found("cases", f"{at}.opened_by_id = {_me('cases')}", _or(here, also))


def _case_of(column: str, came: str = "nmt_cases_granted") -> str:
    """What is noted of a case is its region's, and for whom that has granted it."""
    return f"EXISTS (SELECT FROM cases_case AS c WHERE c.id = {column} AND ({_own_cases('c', came)}))"


def _own_persons(at: str, granted: str = NO_ROWS) -> str:
    opened = f"{at}.case_id IN (SELECT nmt_cases_opened())"
    return _found("cases", opened, _or(f"{at}.responsible_region_id = ANY ({_regions('cases')})", granted))


# Whoever has no region any more has no use of a grant.
GRANTED: Final = (
    f"asked_by_id = {ME} AND answer = 'accepted' AND until > {AT} AND cardinality({_regions('cases')}) > 0"
)


def _with_person(column: str = "person_id") -> RowPolicy:
    """A part is seen and changed with its person."""
    person = f"SELECT FROM cases_person AS p WHERE p.id = {column}"
    return RowPolicy(f"EXISTS ({person})", f"EXISTS ({person} AND ({_own_persons('p')}))")


def _with(table: str, column: str) -> RowPolicy:
    """Seen with a row of `table`, and changed where that may be changed: its own policy says so for an update
    only, and a row that is seen is not always own."""
    return RowPolicy(_one(f"EXISTS (SELECT FROM {table} AS one WHERE one.id = {column})"))


def _history(policy: RowPolicy) -> RowPolicy:
    """A former state is seen with the row as it is; nobody changes one."""
    return RowPolicy(_one(policy.sees), NO_ROWS, "true")


def _one(exists: str) -> str:
    """The same for a row that is found by its key, planned once: PostgreSQL plans each EXISTS in a condition
    in two ways, and those in the policy behind it in two ways for each."""
    return exists.replace("EXISTS (SELECT FROM", "(SELECT true FROM")


CALLS: Final = _found(
    "calls",
    f"taken_by_id = {_me('calls')}",
    f"referred_region_id = ANY ({_regions('calls')}) AND consent <> '{Consent.MISSING.value}'",
)
NOTIFICATIONS: Final = _found(
    "notifications", f"officer_id = {_me('notifications')}", f"region_id = ANY ({_regions('notifications')})"
)
BOTH: Final = f"from_region_id = ANY ({REGIONS}) OR to_region_id = ANY ({REGIONS})"
JUDGED: Final = (
    f"EXISTS (SELECT FROM cases_person AS p WHERE p.id IN (first_id, second_id) AND ({_own_persons('p')}))"
)
EXPLOITATION: Final = (
    "EXISTS (SELECT FROM cases_exploitation AS e JOIN cases_person AS p ON p.id = e.person_id "
    f"WHERE e.id = exploitation_id AND ({_own_persons('p')}))"
)
CASE: Final = RowPolicy(_own_cases("cases_case", "nmt_cases_reached"), _own_cases("cases_case", ""))
PERSON: Final = RowPolicy(
    _own_persons(
        "cases_person",
        "(cases_person.case_id, cases_person.responsible_region_id) IN (SELECT * FROM nmt_granted())",
    ),
    _own_persons("cases_person"),
)
CALL: Final = RowPolicy(CALLS)
NOTIFICATION: Final = RowPolicy(NOTIFICATIONS)
OF_CASE: Final = RowPolicy(_case_of("case_id"), _case_of("case_id", ""))
OWN_REMINDERS: Final = f"by_id = {ME} AND {_case_of('case_id', 'nmt_cases_came')}"
OF_PERSON: Final = _with_person()
OF_EXPLOITATION: Final = RowPolicy(_with("cases_exploitation", "exploitation_id").sees, EXPLOITATION)
# A call may be referred to another region later: what was written to the first is not the second one's.
OWN_OF_CALLS: Final = _or(
    f"{ROLE} IN ({_roles('calls', By.ALL, By.ONESELF)})", f"region_id = ANY ({_regions('calls')})"
)
MESSAGE: Final = RowPolicy(_one(
    "EXISTS (SELECT FROM cases_notification AS one WHERE one.id = notification_id) "
    "OR EXISTS (SELECT FROM cases_transfer AS one WHERE one.id = transfer_id) "
    "OR EXISTS (SELECT FROM cases_call AS one WHERE one.id = call_id) "
    f"AND ({OWN_OF_CALLS})"
))  # fmt: skip
LISTS_OF_CALLS: Final = ("topics", "purposes", "outcomes")
LISTS_OF_EXPLOITATIONS: Final = ("acts", "means", "controls")
PARTS: Final = ("identification", "exploitation", "measure", "personindicator")

POLICIES: Final[dict[str, RowPolicy]] = {
    "cases_call": CALL,
    "cases_historicalcall": _history(_with("cases_call", "cases_historicalcall.id")),
    **{f"cases_call_{call}": _with("cases_call", "call_id") for call in LISTS_OF_CALLS},
    **{f"cases_historicalcall_{call}": _history(_with("cases_call", "call_id")) for call in LISTS_OF_CALLS},
    "cases_case": CASE,
    "cases_historicalcase": _history(RowPolicy(_case_of("cases_historicalcase.id"))),
    "cases_suspectcount": OF_CASE,
    "cases_historicalsuspectcount": _history(OF_CASE),
    "cases_person": PERSON,
    "cases_historicalperson": _history(_with_person("cases_historicalperson.id")),
    **{f"cases_{part}": OF_PERSON for part in PARTS},
    **{f"cases_historical{part}": _history(OF_PERSON) for part in PARTS},
    **{f"cases_exploitation_{exploitation}": OF_EXPLOITATION for exploitation in LISTS_OF_EXPLOITATIONS},
    **{f"cases_historicalexploitation_{one}": _history(OF_EXPLOITATION) for one in LISTS_OF_EXPLOITATIONS},
    "cases_notification": NOTIFICATION,
    "cases_historicalnotification": _history(_with("cases_notification", "cases_historicalnotification.id")),
    "cases_notification_purposes": _with("cases_notification", "notification_id"),
    "cases_transfer": RowPolicy(BOTH),
    "cases_message": MESSAGE,
    "cases_accessgrant": RowPolicy(
        f"{whose_role_may(May.GRANT)} AND "
        f"(asked_by_id = {ME} OR (region_id = ANY ({REGIONS}) AND case_id IS NOT NULL))",
        # Not a question about a case that is not there: the region that it names learns of none.
        f"region_id = ANY ({REGIONS}) AND case_id IS NOT NULL",
        f"asked_by_id = {ME} OR region_id = ANY ({REGIONS})",
    ),
    "cases_duplicatereview": RowPolicy(JUDGED),
    "cases_misregistration": RowPolicy(
        _found("cases", f"by_id = {_me('cases')}", f"region_id = ANY ({_regions('cases')})")
    ),
    "cases_caseseries": RowPolicy(f"region_id = ANY ({REGIONS})"),
    # Of colleagues' too, for the extract of the region's case; everybody changes their own.
    "cases_reminder": RowPolicy(_or(OWN_REMINDERS, _case_of("case_id", "")), OWN_REMINDERS),
    "cases_draft": RowPolicy(f"owner_id = {ME}"),
    "cases_sentlate": RowPolicy(f"owner_id = {ME}"),
    "cases_lastlist": RowPolicy(f"user_id = {ME}"),
    # What the nightly search remembers of everybody.
    "cases_likenesssearch": RowPolicy(NO_ROWS),
    "cases_comparedperson": RowPolicy(NO_ROWS),
    "cases_waitinghint": RowPolicy(NO_ROWS),
}
# Who asks is asked first, and once: nothing is read for those whose rows are found in another way.
OPENED_BY_ME: Final = f"{_me('cases')} IS NOT NULL AND opened_by_id = {_me('cases')}"
TRANSFERRED_HERE: Final = f"""SELECT p.case_id FROM cases_person AS p
WHERE p.moved AND p.responsible_region_id = ANY ({_regions("cases")})"""
FUNCTIONS: Final[dict[str, Function]] = {
    "nmt_cases_came": Function(TRANSFERRED_HERE),
    # With those that another region lets one read.
    "nmt_cases_reached": Function(
        f"{TRANSFERRED_HERE} UNION ALL SELECT case_id FROM cases_accessgrant WHERE {GRANTED}"),
    "nmt_cases_granted": Function(
        "SELECT g.case_id FROM cases_accessgrant AS g JOIN cases_case AS c ON c.id = g.case_id "
        f"WHERE {GRANTED} AND g.note AND g.region_id = c.region_id"),
    "nmt_granted": Function(
        f"SELECT g.case_id, g.region_id FROM cases_accessgrant AS g WHERE {GRANTED} AND g.persons",
        returns="TABLE (of_case bigint, of_region varchar)"),
    "nmt_cases_opened": Function(f"SELECT id FROM cases_case WHERE {OPENED_BY_ME}"),
}  # fmt: skip
PERSONS: Final = frozenset({
    "cases_case", "cases_person", *(f"cases_{part}" for part in PARTS),
    *(f"cases_exploitation_{exploitation}" for exploitation in LISTS_OF_EXPLOITATIONS),
})  # fmt: skip
CALLS_TOO: Final = frozenset({"cases_call", *(f"cases_call_{call}" for call in LISTS_OF_CALLS)})
REVIEWS: Final = frozenset({"cases_duplicatereview"})
WRITES_CASES: Final = (May.OPEN_CASE, May.EDIT_CASE, May.COMPLETE_CASE, May.IMPORT_PERSONS)
BYPASSES: Final[dict[str, Bypass]] = {
    "totals": Bypass(
        "counts the whole register, for those who may read totals",
        PERSONS | CALLS_TOO | REVIEWS,
        may=(May.VIEW_TOTALS,),
    ),
    "numbers": Bypass("the next number of a region and year, and of a person in a case",
        frozenset({"cases_person", "cases_misregistration"}), frozenset({"cases_caseseries"}),
        may=(*WRITES_CASES, May.EXTRACT_CASE, May.EXTRACT_ANY_CASE)),
    "leavers": Bypass("knows in a file whom own regions have handed over, taken out or renamed",
        frozenset({"cases_person", "cases_identification", "cases_historicalidentification",
            "cases_misregistration"}),
        may=(May.IMPORT_PERSONS,)),
    "duplicates": Bypass("compares with everybody, and settles who is counted", PERSONS,
        REVIEWS | {"cases_person", "cases_historicalperson"}, may=(*WRITES_CASES, May.REVIEW_DUPLICATE)),
    "transfer": Bypass("shows whom another region hands over, and moves the person",
        PERSONS | {"cases_transfer"}, frozenset({"cases_person", "cases_historicalperson"}),
        may=(May.TRANSFER, May.NOTIFY, May.LOG_CALL)),
    "belonging": Bypass("gives a case to the region that has all its persons",
        frozenset({"cases_case", "cases_person"}),
        frozenset({"cases_case", "cases_historicalcase", "cases_person"}), may=(May.EDIT_CASE,)),
    "asking": Bypass("finds by its number the case that another region is asked for", PERSONS,
        frozenset({"cases_accessgrant"}), may=(May.GRANT,)),
    "extract": Bypass("one case by its number, with all that is stored of it",
        frozenset(POLICIES) - {"cases_draft", "cases_sentlate", "cases_lastlist"},
        may=(May.EXTRACT_ANY_CASE,)),
    "mistakes": Bypass("takes out what was registered by mistake with all that hangs on it, and puts it back",
        EVERYTHING, EVERYTHING, may=(May.EDIT_CASE,)),
    "refusals": Bypass("says in the trail which row was refused",
        frozenset(model._meta.db_table for model in named_by_code())),
}  # fmt: skip
OPEN: Final[dict[str, str]] = {
    "cases_yearconfirmation": "whether a region has confirmed a year stands on the page of the year"
}
NEVER_DELETED: Final[dict[str, str]] = {
    "cases_notification": "a mistaken one is corrected; what is due goes by the worker",
    "cases_accessgrant": "who was granted access is kept",
    "cases_misregistration": "what was taken out is kept, to be put back",
    "cases_caseseries": "a number is given once",
    "cases_yearconfirmation": "who confirmed a year is kept",
    "cases_disposedyear": "a year that was disposed of stays so",
}
