"""PostgreSQL, told what deploy/ says, logs that a row was refused and nothing of it."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from tests.postgres import Cluster, PostgresMissing, programs, running_cluster

CONF = Path(__file__).resolve().parents[2] / "deploy" / "postgresql.conf"
PERSON, REASON = "V-2018-0012-P1", "Berättat i förtroende"


def settings_of_the_file() -> list[str]:
    """The settings that stand there."""
    return [f"{name}={value}" for name, value in re.findall(r"^(log_\w+) = (\S+)$", CONF.read_text(), re.M)]


def broken(cluster: Cluster) -> str:
    """The server's log after a CHECK and a unique constraint were broken, in words and by parameters."""
    with psycopg.connect(host=str(cluster.folder), user="postgres", autocommit=True) as connection:
        connection.execute("CREATE TABLE person (number text UNIQUE, reason text, age int CHECK (age < 150))")
        insert = "INSERT INTO person VALUES (%s, %s, %s)"
        connection.execute(insert, [PERSON, REASON, 20])
        for age in (20, 200):
            with pytest.raises(psycopg.IntegrityError):
                connection.execute(insert, [PERSON, REASON, age])
            with pytest.raises(psycopg.IntegrityError):
                psycopg.ClientCursor(connection).execute(insert, [PERSON, REASON, age])
    return cluster.log


@pytest.fixture(autouse=True)
def _server_programs() -> None:
    try:
        programs()
    except PostgresMissing as missing:
        pytest.skip(str(missing))


def test_it_names_what_quotes_rows() -> None:
    assert len(settings_of_the_file()) == 6


def test_nothing_of_the_row_is_logged() -> None:
    with running_cluster(*settings_of_the_file()) as cluster:
        log = broken(cluster)
    assert log.count("violates") == 4
    assert PERSON not in log
    assert REASON not in log


def test_untold_it_logs_all_of_it() -> None:
    """Else the test above would prove nothing."""
    with running_cluster() as cluster:
        log = broken(cluster)
    assert PERSON in log
    assert REASON in log
