"""Every sentence of the page of privacy has a test that it is so, and every column of casework and of a
colleague stands in one of them."""

from __future__ import annotations

import re
from typing import Final

from accounts.models import AccountReview, BoundEid, User
from cases.models import Call, Case, LastList, Notification, SuspectCount
from exchange.models import HeadingMap
from tests.setup.test_security_page import is_there
from tests.test_promises import ROOT

# How each sentence begins, and what proves it.
PROOFS: Final[dict[str, str]] = {
    "The register counts presumed victims": "tests/test_promises.py::TestWhatIsStored",
    "Each is counted once, if": "tests/cases/test_counted_once.py",
    "About a person: a number": "tests/test_promises.py::TestWhatIsStored",
    "About a case, a call and a notification": "tests/test_page_of_privacy.py::test_every_column_is_named",
    "About a notification also": "tests/test_page_of_privacy.py::test_every_column_is_named",
    "There is no field for names": "tests/test_page_of_privacy.py::test_every_column_is_named",
    "No suspect is registered as a person": "tests/test_page_of_privacy.py::test_every_column_is_named",
    "Short notes are searched": "tests/cases/test_scanner.py::test_what_identifies_a_person_is_found",
    "The register asks about what looks like a name": "tests/cases/test_names_are_asked_about.py::TestButton",
    "What is not recognised is stored": "tests/cases/test_scanner.py",
    "Notes are encrypted": "tests/cases/test_keys_change.py::test_every_encrypted_column_is_rotated",
    "About those who use the register": "tests/test_page_of_privacy.py::test_every_column_is_named",
    "Also: how many cases each": "tests/cases/test_unusual_volume.py",
    "A regional coordinator sees": "tests/cases/test_scope_oracle.py",
    "They see a case of another region only":
        "tests/cases/test_ask_and_grant.py::test_never_for_more_than_a_day",
    "An operator of the support line sees": "tests/cases/test_scope_oracle.py",
    "Analysts see counts": "tests/test_every_address.py",
    "An audit log records": "tests/test_promises.py::TestAuditLog",
    "A check shows where": "tests/audit/test_audit_log_verifies.py",
    "Only a comparison with an earlier check":
        "tests/audit/test_audit_log_verifies.py::test_a_truncated_audit_log_with_a_forged_head_is_known_by_an_earlier_head",
    "Counts of fewer than": "tests/summaries/test_protection_random.py",
    "Some are shown however small": "tests/test_promises.py::TestFigures",
    "If one of these groups is that small": "tests/summaries/test_single_persons.py",
    "Another table is shown in full": "tests/summaries/test_exemption_asked.py",
    "Every publication goes through an attack test": "tests/summaries/test_publishing.py",
    "A published version can be withdrawn":
        "tests/summaries/test_publication.py::test_a_withdrawn_version_says_why_and_shows_no_figure",
    "The register uses at most seven cookies": "tests/test_promises.py::TestCookies",
    "The public statistics use none": "tests/test_promises.py::TestCookies",
    "Your visit is not measured": "tests/test_promises.py::TestCookies",
    "Nothing is fetched from other sites":
        "tests/nmt_site/test_headers_for_browsers.py::test_every_page_has_the_headers",
    "Calls, cases, persons and notifications are kept": "tests/retention/test_due_for_disposal.py",
    "What is due by a named decision": "tests/retention/test_disposal.py",
    "Accounts, journals of imports": "tests/test_promises.py::TestDisposal",
    "No user can delete them":
        "tests/nmt_site/test_admin_by_role.py::test_nothing_is_deleted_but_what_was_never_used",
    "The audit log can be disposed of": "tests/audit/test_years_of_the_audit_log.py",
    "Drafts of forms are deleted":
        "tests/test_promises.py::test_what_is_deleted_by_itself_is_said_with_its_time",
    "A form that was sent when the session":
        "tests/accounts/test_session_end.py::test_it_is_thrown_away_by_its_sender_or_after_a_day",
    "How many cases each has opened": "tests/test_promises.py::test_what_can_be_disposed_of_is_what_is_said",
}  # fmt: skip
# Of law, and of people: no test proves them.
OF_LAW: Final = ("The agency that registered you", "Ask it, or our", "You can complain")
# Words of the page, and the columns that they mean.
EXPECTED: Final[dict[str, set[str]]] = {
    "its number": {"number", "receipt"},
    "when and how it came in and who received it": {
        "received_at", "received_on", "medium", "minutes", "taken_by", "opened_on", "opened_by", "channel",
        "opened_from_call", "officer", "agency", "sent_at", "follow_up_of",
    },
    "the caller's profession and county": {"caller_group", "caller_county", "county"},
    "what it was about": {"topics", "topics_answer", "purposes", "purposes_answer"},
    "how many persons it concerned": {"women", "men", "girls", "boys", "unknown", "accompanying_children"},
    "how urgent it was": {"urgency"},
    "the number of suspects by their relation": {"relation"},
    "what was advised and decided": {
        "outcomes", "outcomes_answer", "consent", "state", "close_reason", "follow_up_due", "followed_up_at",
        "responsible", "without_consent",
    },
    "where it was referred": {"referred_region", "referred_agency", "region"},
    "its number at the agency": {"registry_number", "plain_registry_number", "reference"},
    "a short note": {"note"},
    "the officer's work telephone": {"phone"},
    "who has taken it over": {"taken_by", "taken_at", "taken_over_by", "taken_over_at"},
    "when and how the officer was reached": {"contacted_by", "contacted_at", "contacted_how"},
    "name, e-mail address, role, agency, language": {"name", "email", "role", "language"},
    "chosen e-mail notices": {"daily_letter", "at_once_from"},
    "a password that nobody can read": {"password"},
    "a mark of a connected e-ID from which the e-ID cannot be worked out": {"subject"},
    "when it was connected and last used": {"bound_at", "used_at"},
    "the first and last day of the account": {"date_joined", "ends_on"},
    "when the account was reviewed, by whom and with which answer": {"by", "at", "answer"},
    "the network address and browser of each sign-in": {"last_login"},
    "the filter and columns that each last chose in a list": {"filters", "columns"},
    "what each calls the columns of a file": {"importer", "headings"},
}  # fmt: skip
OWN: Final = {"id", "code", "case", "created_at", "updated_at", "version", "reference_index", "is_active",
    "user", "owner"}  # fmt: skip


def page() -> str:
    """The English words of the page, without its headings."""
    text = (ROOT / "templates/nmt_site/privacy.html").read_text().partition("{% block content %}")[2]
    text = re.sub(r"<h2>.*?</h2>", "", text)
    blocks = re.findall(
        r"blocktranslate trimmed %}(.*?){% endblock|{% translate \"(.*?)\" %}", text, re.DOTALL
    )
    return "\n".join(" ".join((long or short).split()) for long, short in blocks)


def sentences() -> list[str]:
    return [one for line in page().splitlines() for one in re.split(r"(?<=\.) ", line)]


def test_every_sentence_has_its_proof_or_is_of_law() -> None:
    beginnings = (*PROOFS, *OF_LAW)
    assert [one for one in sentences() if not one.startswith(beginnings)] == [], "what proves it?"
    assert [one for one in beginnings if not any(sentence.startswith(one) for sentence in sentences())] == []


def test_every_proof_is_there() -> None:
    found = {proof: is_there(*(*proof.split("::"), "")[:2]) for proof in PROOFS.values()}
    assert [proof for proof, there in found.items() if not there] == []


def test_every_column_is_named() -> None:
    """Nobody's name, birth date, number or address has one."""
    models = (Call, Case, Notification, SuspectCount, User, BoundEid, AccountReview, LastList, HeadingMap)
    columns = {f.name for model in models for f in (*model._meta.concrete_fields, *model._meta.many_to_many)}
    named = set().union(*EXPECTED.values())
    assert columns - named - OWN == set(), "say on the page of privacy that this is stored"
    assert named - columns == set(), "this is stored no longer"
    assert [words for words in EXPECTED if words not in page()] == []
