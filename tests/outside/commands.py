"""What each command may be given, and what it prints: words for the main outcomes, and how it ends."""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command, get_commands, load_command_class
from django.test import override_settings
from django.utils import translation

from cases.models import Person
from tests.audit.events import tamper
from tests.cases.spreadsheet import row, sheet
from tests.outside.golden import listed, text
from tests.outside.place import Place, masked
from tests.world import undone

VERA, ANNA = "vera@example.org", "anna@example.org"  # region Väst's coordinator, the administrator
AGENCIES: Final = b"code;name_sv;name_en;kind\nny;Ny myndighet;New agency;police\n"
NUMBERS: Final = re.compile(r"\d+(?:[.,\u00a0]\d+)*")
NO_OVERLAP: Final = b"A,B,count\n1,0,40\n0,1,30\n"
THREE_LISTS: Final = (
    b"A,B,C,count\n1,0,0,400\n0,1,0,300\n0,0,1,200\n1,1,0,160\n1,0,1,110\n0,1,1,90\n1,1,1,45\n"
)


def ours() -> dict[str, BaseCommand]:
    own = {config.name for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
    return {name: load_command_class(app, name) for name, app in sorted(get_commands().items()) if app in own}


def arguments(_place: Place) -> bytes:
    """Beside those that every command of Django has."""
    common = {word for action in _actions("", BaseCommand()) for word in action.option_strings}
    return listed(
        line
        for name, command in ours().items()
        for line in (
            name,
            *(_line(name, one) for one in _actions(name, command) if not common & {*one.option_strings}),
        )
    )


def _actions(name: str, command: BaseCommand) -> list[argparse.Action]:
    return command.create_parser("manage.py", name)._actions


def _line(name: str, action: argparse.Action) -> str:
    word = "|".join(action.option_strings) or str(action.metavar or action.dest).upper()
    takes = (
        "" if action.nargs == 0 or not action.option_strings else f" {action.metavar or action.dest.upper()}"
    )
    optional = action.nargs == "?" or (action.option_strings and not action.required)
    choices = f" of {', '.join(map(str, action.choices))}" if action.choices else ""
    default = f", else {action.default}" if action.default not in (None, False, "", argparse.SUPPRESS) else ""
    return f"{name} {word}{takes}: {'optional' if optional else 'required'}{choices}{default}"


@dataclass(frozen=True)
class Step:
    """`file` stands for FILE among the words, `given` is read from standard input, `first` is what has
    befallen the register. `numbers`: whether they are the same on every machine and in every register."""

    words: str
    file: bytes = b""
    given: bytes = b""
    first: Callable[[Place], Any] = lambda place: None
    settings: Mapping[str, Any] = field(default_factory=dict)
    numbers: bool = True


def _moved(_place: Place) -> None:
    """when a first county is not the first"""
    Person.objects.filter(position=1).update(first_county="25")


def _forged(_place: Place) -> None:
    """when an event was changed"""
    tamper("UPDATE audit_event SET actor = 'nobody' WHERE sequence = 2")


STEPS: Final = (
    Step("check_register"),
    Step("check_register", first=_moved),
    Step("verify_audit", numbers=False),
    Step(f"verify_audit --head 1:{'0' * 64}"),
    Step("verify_audit --head 1"),
    Step("verify_audit", first=_forged),
    Step("yearly_summary abcd"),
    Step("yearly_summary 2018 --format xml"),
    Step("yearly_summary 2018 --lang fi"),
    Step("yearly_summary 2012 --format text --lang sv"),
    Step("yearly_summary 2012 --format text --lang en"),
    Step("draft_publication abcd"),
    Step("draft_publication 1955"),
    Step("draft_publication 2018 --steps ages=9"),
    Step("draft_publication 2018 --steps nothing=1"),
    Step("draft_publication 2018 --after nowhere.json"),
    Step(f"import_persons FILE --as {VERA}", sheet(row(case="B-1"))),
    Step(f"import_persons FILE --as {VERA} --lang sv", sheet(row(case="B-1"))),
    Step(f"import_persons FILE --as {VERA} --json", sheet(row(case="B-1"))),
    Step(f"import_persons FILE --as {VERA} --json --dry-run", sheet(row(case="B-1"))),
    Step(f"import_persons FILE --as {VERA} --dry-run", sheet(row(case="B-1"))),
    Step(f"import_persons FILE --as {VERA} --json", sheet(row(case="B-1", county="99"))),
    Step(f"import_persons FILE --as {VERA}", sheet(row(case="B-1", county="99"))),
    Step(f"import_persons FILE --as {VERA} --lang sv", sheet(row(case="B-1", county="99"))),
    Step(
        f"import_persons FILE --as {VERA} --good-rows", sheet(row(case="B-1"), row(case="B-2", county="99"))
    ),
    Step(f"import_persons FILE --as {VERA}", b"case;sexx\nB-1;F\n"),
    Step("import_persons FILE --as nobody@example.org", sheet(row())),
    Step("import_persons FILE --as olle@example.org", sheet(row())),
    Step(f"import_persons nowhere.csv --as {VERA}"),
    Step("import_rows agencies --template --lang sv"),
    Step("import_rows agencies --template --lang en"),
    Step("import_rows persons --template --lang sv"),
    Step(f"import_rows agencies FILE --as {ANNA}", AGENCIES),
    Step(f"import_rows agencies FILE --as {ANNA} --json", AGENCIES),
    Step(f"import_rows agencies FILE --as {ANNA}", AGENCIES.replace(b";police", b";nothing")),
    Step(f"import_rows agencies FILE --as {VERA}", AGENCIES),
    Step(f"import_rows agencies --undo 1 --as {ANNA}"),
    Step("import_rows agencies FILE", AGENCIES),
    Step("protect", given=b"not json"),
    Step("protect", given=b"{}"),
    Step("protect --seconds long", given=b"{}"),
    Step("dark_figure --table FILE --replicates 0 --lang sv", NO_OVERLAP, numbers=False),
    Step("dark_figure --table FILE --replicates 0 --lang en", NO_OVERLAP, numbers=False),
    Step("dark_figure --table FILE --replicates 0 --lang sv", THREE_LISTS, numbers=False),
    Step("dark_figure --table FILE --replicates 0 --lang en", THREE_LISTS, numbers=False),
    Step("dark_figure 2018 --lang sv", numbers=False),
    Step("dark_figure"),
    Step("dark_figure --years 2018"),
    Step("dark_figure --table nowhere.csv"),
    Step("dark_figure --table FILE --replicates many", NO_OVERLAP),
    Step("demo", settings={"DEMO": False}),
    Step("demo"),
    Step("demo --scale 0"),
    Step("load_reference", numbers=False),
    Step("find_duplicates", numbers=False),
    Step("purge_drafts"),
    Step("purge_exports"),
    Step("rotate_keys", numbers=False),
    Step("send_reminders", numbers=False),
    Step("close_audit_year 2018"),
    Step("close_audit_year 2019"),
    Step(f"dispose_audit 2018 --decision Beslut --by {ANNA} --approved-by max@example.org"),
    Step(f"dispose_audit 2018 --decision Beslut --by {VERA} --approved-by max@example.org"),
    Step("invite nina@example.org --name Nina --role analyst"),
    Step("invite nina@demo.example --name Nina --role analyst"),
    Step("invite nobody --name Nina --role analyst"),
    Step("work --once"),
    Step("restore_drill nowhere.dump"),
)


def outcomes(place: Place) -> bytes:
    return text(line for step in STEPS for line in _printed(step, place))


def _printed(step: Step, place: Place) -> Iterator[str]:
    *said, code = ran(step, place)
    out, error = (masked(part) if step.numbers else NUMBERS.sub("<n>", masked(part)) for part in said)
    after = f"  # {step.first.__doc__}" if step.first.__doc__ else ""
    yield f"$ {step.words}{' < …' if step.given else ''}{after}"
    yield from (f"  {line}" for line in out.splitlines())
    yield from (f"  error: {line}" for line in error.splitlines())
    yield f"  exit {code}"


def ran(step: Step, place: Place) -> tuple[str, str, str]:
    """Standard output, what goes to standard error, and the exit code."""
    file = place.folder / "file.csv"
    file.write_bytes(step.file)
    words = [str(file) if word == "FILE" else word for word in step.words.split()]
    out, error = io.StringIO(), io.StringIO()
    usual = translation.override(settings.LANGUAGE_CODE)  # whatever the page before was read in
    with undone(), usual, override_settings(**step.settings), _reading(step.given):
        step.first(place)
        try:
            call_command(*words, stdout=out, stderr=error)
            code = 0
        except CommandError as said:
            error.write(str(said))
            code = said.returncode
        except SystemExit as end:
            code = int(end.code or 0)
    return out.getvalue(), error.getvalue(), str(code)


@contextmanager
def _reading(data: bytes) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        yield


def year_in_words(language: str) -> Callable[[Place], bytes]:
    def gather(place: Place) -> bytes:
        out, _error, _code = ran(Step(f"yearly_summary 2018 --format text --lang {language}"), place)
        return out.encode()

    return gather
