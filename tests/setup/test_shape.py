"""Whatever a database is made of, a difference in it is seen and named."""

from __future__ import annotations

from typing import Final

import pytest
from django.db import connection

from tests.setup.shape import parts, shape, unlike

pytestmark = pytest.mark.django_db
OTHERWISE: Final = {
    "postgresql": {
        "CREATE INDEX of_before ON agencies_county (name_sv)": "index of_before",
        "ALTER TABLE agencies_county ALTER name_sv SET DEFAULT 'x'": "column agencies_county.name_sv",
        'ALTER TABLE agencies_county ALTER name_en TYPE varchar(100) COLLATE "C"': (
            "column agencies_county.name_en"
        ),
        "ALTER TABLE agencies_agency DROP CONSTRAINT agencies_agency_dates_in_order": (
            "constraint agencies_agency.agencies_agency_dates_in_order"
        ),
        "ALTER TABLE agencies_agency ADD CONSTRAINT more CHECK (id > 0)": "constraint agencies_agency.more",
        "ALTER TABLE audit_event DISABLE TRIGGER audit_event_no_change": (
            "trigger audit_event.audit_event_no_change"
        ),
        "DROP POLICY nmt_sees ON cases_case": "policy cases_case.nmt_sees",
        "ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY": "table cases_case",
        "GRANT DELETE ON audit_event TO PUBLIC": "table audit_event",
        "ALTER SEQUENCE agencies_agency_id_seq INCREMENT 2": "sequence agencies_agency_id_seq",
        "ALTER FUNCTION nmt_person() VOLATILE": "function nmt_person()",
        "REVOKE EXECUTE ON FUNCTION nmt_role() FROM PUBLIC": "function nmt_role()",
        "CREATE VIEW looked_at AS SELECT 1 AS one": "column looked_at.one, table looked_at, view looked_at",
        "CREATE TYPE of_before_too AS ENUM ('a')": "type of_before_too",
    },
    "sqlite": {
        "CREATE INDEX of_before ON agencies_county (name_sv)": "index of_before",
        "DROP TRIGGER audit_event_no_delete": "trigger audit_event_no_delete",
        "ALTER TABLE agencies_county ADD COLUMN more text": "table agencies_county",
        "CREATE VIEW looked_at AS SELECT 1 AS one": "view looked_at",
    },
}


def test_each_kind_of_difference_is_seen_by_its_name() -> None:
    with connection.cursor() as cursor:
        before = shape(connection)
        for statement, name in OTHERWISE[connection.vendor].items():
            cursor.execute(statement)
            after = shape(connection)
            assert ", ".join(unlike(before, after)) == name, statement
            before = after


def test_a_table_is_the_same_in_whichever_order_its_columns_came() -> None:
    body = """"a" text DEFAULT 'x, (', "b,c" decimal(5, 2), CONSTRAINT "k" CHECK (("a" = 'y' OR "b,c" > 1))"""
    assert list(parts(body)) == [
        """"a" text DEFAULT 'x, ('""",
        '"b,c" decimal(5, 2)',
        """CONSTRAINT "k" CHECK (("a" = 'y' OR "b,c" > 1))""",
    ]
