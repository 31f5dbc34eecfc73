"""Who gets what at every address, as a table. A new address without a line here fails `test_every_address`.

`may` are those who get the page or whose act is done; `sees` those in whose scope the object is, without the
right: 403. Everybody else: 404 where the address names an object, 403 where it does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

# Of region Väst, which the object belongs to, and of Syd, which it does not; `olle` opened the case and took
# the call.
EVERYONE = frozenset(
    {"olle", "olga", "vast", "syd", "officer", "officer2", "analyst", "manager", "admin", "dpo"}
)
OPERATORS = frozenset({"olle", "olga"})
COORDINATORS = frozenset({"vast", "syd"})
READERS = frozenset({"analyst", "manager", "vast", "syd"})  # of figures that are not published
CASE = frozenset({"vast", "olle"})
CALL = frozenset({"vast", "olle", "olga"})


@dataclass(frozen=True)
class Address:
    """`target` is the name of an object of the world. `get` and `post`: which methods there are; None:
    either."""

    may: frozenset[str] = EVERYONE
    sees: frozenset[str] = frozenset()
    target: str = ""
    get: bool = True
    post: bool = False
    public: bool = False
    absent: bool = False  # nothing of the kind is in the world: those who may are told so
    role_first: bool = False  # refuses other roles before it looks for the object
    posts: frozenset[str] | None = None  # who may post, where that is fewer than those who may read
    kwargs: dict[str, object] = field(default_factory=dict)
    data: dict[str, str] = field(
        default_factory=dict
    )  # what is posted, where nothing would be refused to anybody


def page(*may: str, **more: object) -> Address:
    return Address(may=_set(may) or EVERYONE, **more)  # type: ignore[arg-type]


def act(*may: str, **more: object) -> Address:
    return Address(may=_set(may) or EVERYONE, get=False, post=True, **more)  # type: ignore[arg-type]


def form(*may: str, **more: object) -> Address:
    return Address(may=_set(may) or EVERYONE, post=True, **more)  # type: ignore[arg-type]


def public(**more: object) -> Address:
    return Address(public=True, **more)  # type: ignore[arg-type]


def _set(names: tuple[str, ...]) -> frozenset[str]:
    groups = {"everyone": EVERYONE, "operators": OPERATORS, "coordinators": COORDINATORS, "readers": READERS}
    return (
        frozenset().union(*(groups.get(name, frozenset({name})) for name in names)) if names else frozenset()
    )


YEAR = {"year": 2018}
DRAFT = {"kind": "call", "subject": UUID(int=1)}
TABLE = {**YEAR, "name": "groups"}
NOTHING = {"code": UUID(int=1)}
ARTICLE = {"key": "betanketid"}

ADDRESSES: dict[str, Address] = {
    # --- pages of no app ---------------------------------------------------------------------
    "healthz": public(),
    "livez": public(),
    "readyz": public(),
    "metrics": public(),  # from the machine itself, as here
    "operations": page("admin"),
    "accessibility": public(),
    "privacy": public(),
    "help": public(),
    "find_in_help": form(),
    "set_language": public(get=False, post=True),
    "set_theme": public(get=False, post=True),
    # Only in a demonstration: tests/nmt_site/test_demonstration_sign_in.py.
    "demonstration": public(post=True, absent=True, kwargs={"who": "operator"}),
    "session": public(),
    "renew_session": public(get=False, post=True),
    "account": page(),
    "sessions": page("dpo"),
    "end_session": act("dpo", target="session", role_first=True),
    "open_account": form(),
    "terms": form(),
    # Only where an e-ID service is configured: tests/accounts/test_eid.py.
    "eid_start": public(get=False, post=True, absent=True),
    "eid_again": act(absent=True),
    "eid_callback": public(absent=True),
    "eid_connect": act(absent=True),
    "eid_disconnect": act(absent=True),
    "agencies:review": form("manager", "admin"),
    # --- my page -----------------------------------------------------------------------------
    "home:my_page": page(),
    "home:code_list": page(kwargs={"name": "control"}),
    "home:guide": page(kwargs={"chapter": "operator"}),
    "home:how_to": page(kwargs={"key": "register"}),
    "home:keys": page(),
    "home:number": page(),
    "home:first_day_over": act(),
    "home:waiting": page("coordinators", kwargs={"key": "referred"}),
    "home:since": page(kwargs={"key": "registered"}, absent=True),
    "home:line_note": form("operators"),
    "home:end_line_note": act("operators", target="line_note", role_first=True),
    "home:confirm": act("vast", target="region"),
    "cases:year": form("vast", target="region", kwargs=YEAR),
    "cases:taken_over_years": form("manager"),
    # --- calls -------------------------------------------------------------------------------
    "calls:list": page("operators", "coordinators"),
    "calls:new": form("operators"),
    "calls:earlier": page("operators"),
    "calls:detail": page(*CALL, target="call"),
    "calls:saved": page("operators", target="call", role_first=True),
    "calls:edit": form("olle", target="call", sees=CALL),
    "calls:follow_up_done": act(*CALL, target="call"),
    "calls:take_over": act("vast", target="call", sees=CALL),
    "calls:give_back": act("vast", target="call", sees=CALL),
    "calls:history": page(*CALL, target="call"),
    # --- cases -------------------------------------------------------------------------------
    "cases:list": page("operators", "coordinators"),
    "cases:persons": page("operators", "coordinators"),
    "cases:find": form("operators", "coordinators"),
    "cases:new": form("operators", "coordinators"),
    "cases:several": act("coordinators"),
    "cases:change_persons": form("coordinators"),
    "cases:mistakes": page("operators", "coordinators"),
    "cases:mistake": page("vast", target="mistake"),
    "cases:put_back": act("vast", target="mistake"),
    "cases:case_mistake": form("vast", target="case", sees=CASE),
    "cases:undo_registration": act(*CASE, target="case"),
    "cases:person_mistake": form("vast", target="person", sees=CASE),
    "cases:identification_mistake": form("vast", target="identification", sees=CASE),
    "cases:exploitation_mistake": form("vast", target="exploitation", sees=CASE),
    "cases:measure_mistake": form("vast", target="measure", sees=CASE),
    "cases:detail": page(*CASE, target="case"),
    "cases:handed": page("olle", target="case", sees=CASE),
    "cases:edit": form("vast", target="case", sees=CASE),
    "cases:state": form("vast", target="case", sees=CASE),
    "cases:suspects": form("vast", target="case", sees=CASE),
    "cases:take_over": act("vast", target="case", sees=CASE),
    "cases:remind": form(*CASE, target="case"),
    "cases:reminders": page("operators", "coordinators"),
    "cases:finish_reminder": act("vast", target="reminder"),
    "cases:ending": page("coordinators"),
    "cases:calendar": public(kwargs={"key": "K" * 43}, absent=True),
    "cases:new_calendar": act("operators", "coordinators"),
    "cases:end_calendar": act("operators", "coordinators"),
    "cases:deal_with_end": act("vast", target="measure", sees=CASE),
    "cases:history": page(*CASE, target="case"),
    "cases:extract": page("vast", "dpo", target="case", sees=CASE),
    "cases:extract_pdf": page("vast", "dpo", target="case", sees=CASE),
    "cases:find_extract": act("coordinators", "dpo"),
    "cases:add_persons": form(*CASE, target="case"),
    "cases:add_measures": form("vast", target="case", sees=CASE),
    "cases:person": page(*CASE, target="person"),
    "cases:edit_person": form(*CASE, target="person"),
    "cases:status": form("vast", target="person", sees=CASE),
    "cases:indicators": form(*CASE, target="person", posts=frozenset({"vast"})),
    "cases:ask_transfer": form("vast", target="person", sees=CASE),
    "cases:add_identification": form("vast", target="person", sees=CASE),
    "cases:edit_identification": form(*CASE, target="identification"),
    "cases:add_exploitation": form("vast", target="person", sees=CASE),
    "cases:edit_exploitation": form(*CASE, target="exploitation"),
    "cases:add_measure": form("vast", target="person", sees=CASE),
    "cases:edit_measure": form("vast", target="measure", sees=CASE),
    "cases:transfer": form("vast", target="transfer"),
    "cases:withdraw_transfer": act("vast", target="transfer"),
    "cases:duplicates": page("coordinators"),
    "cases:taken_over_duplicates": page("coordinators"),
    "cases:duplicate": form("vast", target="review"),
    "cases:ask_duplicate": act("vast", target="question"),
    "cases:ask_access": form("coordinators"),
    "cases:grant": form("vast", target="grant"),
    "cases:end_access": act("vast", target="grant"),
    # Who has asked is of a third region.
    "cases:withdraw_access": Address(
        may=frozenset(), sees=frozenset({"vast"}), target="grant", get=False, post=True
    ),
    # --- import ------------------------------------------------------------------------------
    "cases:import": form("coordinators"),
    "cases:import_template": page("coordinators"),
    "cases:import_codes": page("coordinators"),
    "cases:import_preview": page("vast", target="upload"),
    "cases:import_columns": act("vast", target="upload"),
    "cases:import_failed": page("vast", target="upload"),
    "cases:import_confirm": act("vast", target="upload"),
    "cases:import_run": page("vast", target="run"),
    "cases:import_undo": act("vast", target="run"),
    # --- export ------------------------------------------------------------------------------
    "calls:export": form("operators", "coordinators"),
    "cases:export": form("operators", "coordinators"),
    "cases:export_htcds": form("operators", "coordinators"),
    "cases:export_htcds_report": page("operators", "coordinators"),
    "exchange:export_file": page("vast", target="export"),
    "exchange:export_download": page("vast", target="export"),
    "exchange:export_manifest": page("vast", target="export"),
    # --- notifications and drafts: what one writes is one's own --------------------------------
    "cases:notify": form("officer", "officer2"),
    "cases:notifications": page("officer", "officer2", "coordinators"),
    "cases:notification": page("vast", target="notification", sees=frozenset({"officer"})),
    "cases:move_notification": act(
        "vast",
        target="notification",
        sees=frozenset({"officer"}),
        data={"state": "contacted", "how": "phone"},
    ),
    "cases:notification_messages": form("vast", "officer", target="notification"),
    "calls:messages": form(*CALL, target="call"),
    "cases:transfer_messages": form("vast", target="transfer"),
    "cases:read_message": act("vast", target="message", sees=frozenset({"officer"})),
    "cases:take_notification": act("vast", target="notification", sees=frozenset({"officer"})),
    "cases:sent_late": page("vast", target="late"),
    "cases:discard_late": act("vast", target="late"),
    "drafts:offer": page("operators", kwargs={"kind": "call"}),
    "drafts:save": act("operators", kwargs=DRAFT),
    "drafts:discard": act("operators", kwargs=DRAFT),
    # --- network, audit log, jobs ----------------------------------------------------------
    "users_moved": page("everyone", kwargs={"rest": ""}),
    "retention_moved": page("everyone", kwargs={"rest": ""}),
    "agencies:directory": page("operators", "coordinators", "officer", "officer2", "admin"),
    "agencies:duty": page("operators", "coordinators", "officer", "officer2", "admin"),
    "agencies:own_card": form("coordinators"),
    "agencies:deputy": form("coordinators"),
    "agencies:stand_in": form("manager", "admin"),
    "agencies:end_stand_in": act("manager", "admin", kwargs=NOTHING, absent=True),
    "agencies:stop_deputy": act("coordinators", "admin", kwargs={"pk": 1}, absent=True),
    "agencies:approvals": page("coordinators", "analyst", "manager", "admin", "dpo"),
    "agencies:approval": form("manager", "dpo", target="approval", posts=frozenset({"manager"})),
    "agencies:withdraw_question": Address(
        may=frozenset(), sees=frozenset({"manager", "dpo"}), target="approval", get=False, post=True
    ),
    "agencies:code_again": act("manager", target="approval", absent=True),
    "retention:ask_export": form("admin"),
    "retention:disposals": page("admin", "manager", "dpo"),
    "retention:propose_disposal": form("admin", kwargs={"kind": "case"}),
    "retention:disposal": page("admin", "manager", "dpo", kwargs=NOTHING, absent=True),
    "retention:carry_out_disposal": act("admin", kwargs=NOTHING, absent=True),
    "legacy_import:differences": page("readers"),
    "legacy_import:differences_pdf": page("readers"),
    "legacy_import:differences_xlsx": page("readers"),
    "legacy_import:difference": form(
        "vast", "analyst", "manager", target="figure", posts=frozenset({"vast"})
    ),
    "legacy_import:take_answer_back": act(
        "vast", target="explanation", sees=frozenset({"analyst", "manager"})
    ),
    # --- spreadsheets that are taken over ------------------------------------------------------
    "legacy_import:take_overs": form("coordinators"),
    "legacy_import:take_over": form("coordinators", kwargs=NOTHING, absent=True),
    "legacy_import:take_over_questions": form("coordinators", kwargs=NOTHING, absent=True),
    "legacy_import:take_over_compared": form("coordinators", kwargs=NOTHING, absent=True),
    "legacy_import:take_over_control": form("coordinators", kwargs=NOTHING, absent=True),
    "legacy_import:take_over_result": page("coordinators", kwargs=NOTHING, absent=True),
    "legacy_import:ask_take_over": act("coordinators", kwargs=NOTHING, absent=True),
    "legacy_import:take_in_sheets": act("coordinators", kwargs=NOTHING, absent=True),
    "legacy_import:undo_take_over": act("coordinators", kwargs=NOTHING, absent=True),
    "legacy_import:undo_sheet": act("coordinators", kwargs={**NOTHING, "sheet": UUID(int=1)}, absent=True),
    "legacy_import:discard_take_over": act("coordinators", kwargs=NOTHING, absent=True),
    "agencies:own_agency": form("officer", "officer2"),
    "audit_pages:audit": form("coordinators", "admin", "dpo"),
    "audit_pages:verify_audit": act("dpo"),
    "jobs:detail": page("vast", target="job"),
    "jobs:cancel": act("vast", target="job"),
    # --- knowledge ---------------------------------------------------------------------------
    "knowledge:index": form(),
    "knowledge:beside": form(),
    "knowledge:article": page(kwargs=ARTICLE),
    "knowledge:text": page(kwargs=ARTICLE),
    # --- figures -----------------------------------------------------------------------------
    "summaries:start": page(),
    "summaries:about": page(),
    "summaries:year": page("readers", kwargs=YEAR),
    "summaries:quality": page("readers", kwargs=YEAR),
    "summaries:year_csv": page("readers", kwargs=YEAR),
    "summaries:year_json": page("readers", kwargs=YEAR),
    "summaries:table": page("readers", kwargs=TABLE),
    "summaries:table_csv": page("readers", kwargs=TABLE),
    "summaries:own": page("readers"),
    "summaries:own_csv": page("readers"),
    "summaries:own_xlsx": page("readers"),
    "summaries:comparison": page("readers"),
    "summaries:comparison_csv": page("readers"),
    "summaries:ten_years": page("readers", kwargs={"name": "citizenship"}),
    "summaries:dark_figure": form("analyst"),
    "summaries:estimate": page("analyst", target="estimate", role_first=True),
    # --- publications: the years' own tests make some -----------------------------------------
    "summaries:publications": page("analyst", "manager"),
    "summaries:publication": page("analyst", "manager", kwargs=YEAR),
    "summaries:publication_answers": page("analyst", "manager", kwargs=YEAR, absent=True),
    "summaries:publication_protect": act("analyst", kwargs=YEAR, absent=True),
    "summaries:publication_steps": act("analyst", kwargs=YEAR, absent=True),
    "summaries:publication_suggest": form("analyst", kwargs=YEAR, absent=True),
    "summaries:publication_text": form("analyst", kwargs=YEAR, absent=True),
    "summaries:publication_exemption": act("analyst", kwargs=YEAR, absent=True),
    "summaries:publication_exemption_answer": act("manager", kwargs={"number": 1}, absent=True),
    "summaries:publication_exemption_effect": act("analyst", "manager", kwargs={"number": 1}, absent=True),
    "summaries:publication_freeze": form("analyst", kwargs=YEAR, absent=True),
    "summaries:publication_announce": form("analyst", kwargs=YEAR),
    "summaries:publication_cancel": form("analyst", kwargs=YEAR, absent=True),
    "summaries:publication_recall": page("analyst", "manager", kwargs=YEAR),
    "summaries:publication_withdraw": form("analyst", "manager", kwargs={**YEAR, "version": 1}, absent=True),
    "summaries:publication_call_off": act("analyst", "manager", kwargs={**YEAR, "version": 1}, absent=True),
    "summaries:publication_question": form("analyst", "manager", kwargs={"code": UUID(int=1)}, absent=True),
    "summaries:publication_take_back": act("analyst", "manager", kwargs={"code": UUID(int=1)}, absent=True),
    "public:start": public(),
    "public:changes": public(kwargs=YEAR, absent=True),
    "public:about": public(),
    "public:series": public(),
    "public:all_years_csv": public(),
    "public:all_years_semicolon": public(),
    "public:all_years_json": public(),
    "public:catalogue": public(),
    "public:feed": public(),
    "robots": public(),
    "security_txt": public(),
    "sitemap": public(),
    "public:year": public(kwargs=YEAR, absent=True),
    "public:international": public(kwargs=YEAR, absent=True),
    "public:quality": public(kwargs=YEAR, absent=True),
    "public:table": public(kwargs=TABLE, absent=True),
    "public:chart": public(kwargs=TABLE, absent=True),
    "public:status": public(kwargs=YEAR, absent=True),
    "public:version": public(kwargs={**YEAR, "version": 1}, absent=True),
    "public:version_international": public(kwargs={**YEAR, "version": 1}, absent=True),
    "public:version_quality": public(kwargs={**YEAR, "version": 1}, absent=True),
    "public:version_table": public(kwargs={**TABLE, "version": 1}, absent=True),
    "public:version_chart": public(kwargs={**TABLE, "version": 1}, absent=True),
    "public:file": public(kwargs={**YEAR, "name": "groups.csv"}, absent=True),
    "public:version_file": public(kwargs={**YEAR, "version": 1, "name": "groups.csv"}, absent=True),
}

# Sign-in and second factor are django-allauth's, about oneself only: who is signed in gets them, or is led
# on.
OWN_ACCOUNT = ("account_", "mfa_", "usersessions_")
