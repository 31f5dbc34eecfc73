"""PostgreSQL keeps no index that serves searches by the start of a text alone: the row policies prevent its
use, as `EXPLAIN` shows for the web server's role."""

from __future__ import annotations

import pytest
from django.db import connection

from cases.models import Case
from tests.database_roles import only_postgresql

pytestmark = [pytest.mark.django_db, only_postgresql]
BY_START = "SELECT indexdef FROM pg_indexes WHERE indexdef ~ '(varchar|text)_pattern_ops'"


def test_there_is_no_index_for_searches_by_the_start_of_a_text() -> None:
    with connection.cursor() as cursor:
        cursor.execute(BY_START)
        assert cursor.fetchall() == []


def test_a_search_by_the_start_of_a_number_could_not_use_one() -> None:
    rows = Case.objects.filter(number__startswith="V-2026-0001").order_by()
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX by_start ON cases_case (number varchar_pattern_ops)")
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "by_start" not in rows.explain()
