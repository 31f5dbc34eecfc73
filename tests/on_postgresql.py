"""What `make test` runs on PostgreSQL, by the reason why SQLite cannot prove it (ADR 68). `make test-all`
runs every test there, its further examples if it is listed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

# A file, or one test of it, under tests/.
REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    "Policies: the database decides who reads a row": (
        "cases/test_row_level_security.py",
        "cases/test_case_over_regions.py"
        "::test_a_case_whose_persons_all_have_one_other_region_becomes_that_region_s",
        "cases/test_case_over_regions.py::test_a_case_follows_when_the_last_person_of_its_region_was_a_mistake",
        "cases/test_case_over_regions.py::test_a_case_whose_persons_went_to_two_regions_stays_where_it_is",
        "cases/test_case_over_regions.py::test_a_case_without_persons_is_seen_where_it_was_opened",
        "cases/test_case_over_regions.py::test_a_person_who_comes_back_is_of_the_case_s_region_again",
        "cases/test_case_over_regions.py"
        "::test_a_person_s_region_sees_number_day_state_and_that_person_and_nothing_noted_of_the_case",
        "cases/test_case_over_regions.py::test_persons_inserted_many_at_once_are_marked_too",
        "cases/test_case_over_regions.py::test_persons_of_more_than_a_thousand_cases_are_inserted_at_once",
        "cases/test_case_over_regions.py::test_two_persons_who_leave_at_the_same_moment_leave_the_case",
        "cases/test_case_over_regions.py::test_who_has_a_person_of_a_case_sees_it_beside_its_region",
        "cases/test_check_register.py",
        "cases/test_duplicates.py::test_the_other_region_is_told_for_a_week_what_was_judged",
        "cases/test_every_policy.py",
        "cases/test_refusals_are_recorded.py",
        "cases/test_year_closed.py::test_what_waits_for_an_answer_is_of_the_year_that_it_is_about",
        "cases/test_policies.py",
        "accounts/test_policies_stay_while_people_work.py",
        "test_policies_as_installed.py",
    ),
    "Roles: each part of the register has its own rights": (
        "nmt_site/test_operations_page.py::test_a_register_that_has_grown_is_asked_as_often",
        "jobs/test_database_disk.py",
        "setup/test_a_day_of_faults.py",
        "setup/test_as_installed.py",
        "setup/test_indexes.py",
        "setup/test_log_of_the_server.py",
    ),
    "Pages and acts: the statements of each are right for PostgreSQL and its policies": (
        "audit/test_nothing_without_its_event.py::test_an_act_that_cannot_be_recorded_is_not_done",
        "exchange/test_admin_exchange.py::test_what_goes_out_comes_back_as_the_same_rows",
        "test_every_admin_address.py::test_everybody_gets_what_the_table_says_and_nothing_that_is_hidden",
    ),
    "Locks: two who write at the same moment": (
        "accounts/test_attempts.py::test_tries_at_the_same_moment_are_all_counted",
        "accounts/test_attempts.py::test_one_of_several_who_add_at_the_same_moment_does",
        "accounts/test_one_transaction.py",
        "audit/test_proven_while_others_write.py",
        "audit/test_writers_at_once.py",
        "cases/test_ask_and_grant.py::test_of_two_answers_at_once_one_holds_and_the_other_is_told",
        "cases/test_ask_and_grant.py::test_of_two_who_accept_a_transfer_at_once_one_wins_and_the_other_is_told",
        "cases/test_bulk_history.py::test_many_persons_registered_at_once",
        "cases/test_import_twice.py::test_two_clicks_at_one_moment_are_one_import",
        "cases/test_import_twice.py::test_two_commands_with_one_file_at_one_moment_add_nobody_twice",
        "cases/test_import_twice.py::test_two_who_confirm_the_same_persons_at_one_moment_add_nobody_twice",
        "cases/test_keys_change.py::test_what_somebody_saves_meanwhile_is_not_overwritten",
        "cases/test_messages.py::test_two_of_a_side_who_answer_at_the_same_moment_are_told_of_each_other",
        "cases/test_sent_twice.py::test_a_form_sent_at_the_same_moment_makes_one_row",
        "jobs/test_two_workers.py",
        "summaries/test_everybody_sees_their_own_figures.py",
        "summaries/test_kept_counts.py",
        "summaries/test_publishing_goes_wrong.py::test_of_two_who_publish_at_the_same_moment_one_is_told",
    ),
    "Constraints: the database refuses what has passed the forms": (
        "accounts/test_approval.py::test_the_database_refuses_an_own_answer_whatever_the_code_says",
        "accounts/test_approval.py::test_the_database_lets_an_answer_be_given_once_whatever_the_code_says",
        "accounts/test_approval.py::test_the_database_lets_a_no_become_no_yes_whatever_the_code_says",
        "accounts/test_review.py::test_nobody_reviews_the_own_account",
        "accounts/test_terms.py::test_a_version_is_accepted_once_by_the_database_too",
        "cases/test_consent_decides.py::test_the_database_refuses_what_passed_the_forms",
        "cases/test_duplicate_search.py::test_a_search_is_remembered_once_and_a_hint_is_in_order_and_once",
        "cases/test_facts.py::test_the_database_takes_codes_of_the_list_alone",
        "cases/test_messages.py::test_the_database_guards_its_facts",
        "cases/test_notification_sent.py::test_the_database_guards_its_facts",
        "cases/test_register_facts.py",
        "cases/test_encrypted_to_its_row.py::test_a_note_moved_to_an_own_case_is_not_read",
        "cases/test_encrypted_to_its_row.py::test_a_waiting_file_opens_in_its_row_alone",
        "cases/test_encrypted_to_its_row.py::test_it_is_not_written_past_its_row",
        "cases/test_encrypted_to_its_row.py::test_the_register_names_it_and_does_not_show_it",
        "cases/test_year_closed.py::test_before_the_end_of_the_year_it_is_ready_so_far_which_does_not_count",
        "legacy_import/test_differences.py::test_a_country_has_one_next_answer",
        "legacy_import/test_differences.py::test_the_database_refuses_an_answer_that_explains_nothing",
        "retention/test_disposal.py::test_the_database_keeps_no_disposal_of_one_person",
        "retention/test_due_for_disposal.py"
        "::test_the_database_keeps_no_rule_without_a_decision_nor_one_that_does_not_fit",
        "summaries/test_public_at_its_hour.py"
        "::test_a_cancelled_release_says_why_where_its_hour_stood_until_the_year_is_announced_or_comes_out",
        "summaries/test_public_at_its_hour.py::test_the_calendar_has_what_is_coming_and_one_hour_a_year_beforehand",
        "summaries/test_publishing.py::test_a_justice_figure_is_an_aggregate_with_a_source",
        "summaries/test_publishing.py::test_an_exemption_needs_a_second_person_and_a_new_test",
        "summaries/test_publishing.py::test_nothing_untested_is_published_by_any_way_in",
        "summaries/test_release_by_two.py::test_the_database_keeps_no_version_that_one_person_released_or_withdrew",
    ),
    "Order, search and counts: PostgreSQL sorts, compares and groups in its own way": (
        "cases/test_case_list.py::test_cases_that_came_and_went_between_regions_stand_in_their_places",
        "cases/test_case_list.py::test_pages_by_key_show_every_case_once_in_every_order_forwards_and_back",
        "cases/test_case_list.py::test_the_filter_on_completeness_and_the_names_of_what_is_missing_agree",
        "cases/test_search.py::test_a_case_is_found_by_its_registry_number",
        "cases/test_search.py::test_nothing_of_another_region_is_found_by_any_of_its_numbers",
        "cases/test_search.py::test_several_cases_with_one_reference_are_listed_and_none_is_opened",
        "cases/test_search.py::test_the_cases_opened_last_are_listed_the_latest_first_and_only_ones_own",
        "summaries/test_second_count.py",
    ),
    "Triggers: what the database does by itself": ("audit/test_database_refuses.py",),
    "Back-up, restoring and restarts: programs of PostgreSQL": (
        "jobs/test_database_restarts.py",
        "jobs/test_killed.py::test_persons_are_as_they_were",
        "nmt_site/test_backup.py",
        "nmt_site/test_way_back.py::test_the_audit_log_is_not_dropped_by_a_number_that_somebody_typed",
        "nmt_site/test_way_back.py"
        "::test_a_table_is_missed_where_it_has_rows_and_a_column_where_it_says_something",
        "nmt_site/test_way_back.py::test_what_was_encrypted_since_is_missed_too",
    ),
    "Walks of two people, from the first page to the figure": (
        "summaries/test_release_in_the_browser.py",
        "test_main_job.py::test_a_call_becomes_a_case_and_the_year_grows_by_three_in_every_table",
    ),
}
LISTED: Final = frozenset(test for tests in REASONS.values() for test in tests)
LISTED_FILES: Final = tuple(sorted({f"tests/{test.partition('::')[0]}" for test in LISTED}))  # that hold them
# What a test says that proves something of these. Its file has to be listed, or some of its tests.
BY_ITS_OWN_WAY: Final = re.compile(
    r"select_for_update|IntegrityError|\.vendor\b|tests\.at_once|RunPython|only_postgresql|under_policies_of"
)


def is_listed(file: str, test: str) -> bool:
    """`file` as tests/…; `test` as a function, without its class and its example."""
    name = file.removeprefix("tests/")
    return name in LISTED or f"{name}::{test}" in LISTED
