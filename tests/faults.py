"""Plants the faults of `faults.toml`, one at a time, and says which test of `make test` finds each.

python -m tests.faults --record [PATH ...]   which test runs which line, on SQLite; kept in .cache/tests
python -m tests.faults [--only NAME ...] [--keep] | --list
python -m tests.faults --year [--only NAME ...]   those of year/faults.toml, by a busy week of `make year`

A fault is planted in a copy of the tree, whose folder goes in any case: never in the tree itself. The tests
that reach it run there until one fails: first the one that found it before, by faults.csv; then those of the
app's own folder, and of these the ones that run most of the file; then the others. A test that fails without
the fault too has found nothing; one that hangs by it has. `--keep` writes faults.csv.

Which tests reach a fault:
- on SQLite those whose recorded coverage holds its statement; where a set-up does, all tests of that file,
  since they may share it
- of what runs at import, such as a constant, or once a process, such as a function with a cache, those that
  run any line of the file; where there is none, as of a template, the folder of the app
- on PostgreSQL, where nothing is recorded, the files that it runs in `make test` and that name the module;
  after them those that name policies, roles or several people at once
Chromium is asked for nothing.
"""

from __future__ import annotations

import argparse
import ast
import csv
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from coverage import CoverageData

from tests.on_postgresql import LISTED_FILES
from tests.weights import POSTGRES, SQLITE, chosen

ROOT: Final = Path(__file__).resolve().parent.parent
LIST, FOUND, STORE = ROOT / "tests/faults.toml", ROOT / "tests/faults.csv", ROOT / ".cache/tests"
OF_THE_YEAR: Final = ROOT / "tests/year/faults.toml"  # `on` names the two things that meet
LINES: Final = STORE / "lines-by-test"
NOT_COPIED: Final = re.compile(r"\.git|\.venv.*|\.cache|\.mypy_cache|var|staticfiles")
BATCHES: Final = (25, 250, 100_000)  # tests in one run: the nearest soon, the rest together
FILES: Final = (2, 10, 1_000)  # on PostgreSQL, files
ESCAPED, BROKE_OFF = "", "the run itself, which hangs or cannot start"
OF_POSTGRES: Final = re.compile(r"tests\.(database_roles|at_once|installed|roles_named)|only_postgresql")
DIFFERS: Final = re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d ")
CACHED: Final = "cache"  # in the name of a decorator


@dataclass(frozen=True)
class Fault:
    """One line of the list: the text `was`, which stands once in `file`, and what takes its place."""

    name: str
    file: str
    was: str
    becomes: str
    breaks: str
    on: str = "sqlite"

    @property
    def app(self) -> str:
        """Return the app that it is in; of a template that whose pages it is of."""
        first, second, *_rest = Path(self.file).parts
        return second if first == "templates" else first

    def planted(self, source: str) -> str:
        """Return the text of the file with the fault. Raises ValueError where `was` is not there once."""
        if source.count(self.was) != 1:
            raise ValueError(f"{self.name}: its text stands {source.count(self.was)} times in {self.file}.")
        return source.replace(self.was, self.becomes)

    def lines(self, source: str) -> list[int]:
        """Return the lines that it changes or removes; all of its own where it adds one."""
        first = source.count("\n", 0, source.index(self.was)) + 1
        own, left = list(enumerate(self.was.splitlines(), first)), set(self.becomes.splitlines())
        return [number for number, line in own if line not in left] or [number for number, _line in own]


def faults(file: Path = LIST) -> list[Fault]:
    return [Fault(**facts) for facts in tomllib.loads(file.read_text(encoding="utf-8"))["fault"]]


def apps() -> list[str]:
    """Return the apps, as the coverage of `make coverage` has them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(settings["tool"]["coverage"]["run"]["source"])


# --- which tests reach it ------------------------------------------------------------------------------
def record(processes: int, paths: Sequence[str]) -> int:
    """Run the tests on SQLite with one context a test. Of branches there would be millions of rows."""
    STORE.mkdir(parents=True, exist_ok=True)
    settings = STORE / "lines-by-test.ini"
    facts = {"branch": "false", "relative_files": "true", "data_file": LINES, "source": ",".join(apps())}
    settings.write_text("[run]\n" + "".join(f"{name} = {value}\n" for name, value in facts.items()))
    words = [*paths, "-m", chosen(SQLITE, everything=False), "-n", str(processes), "--dist", "worksteal"]
    measure = f"--cov --cov-config={settings} --cov-context=test --cov-report= --cov-fail-under=0".split()
    command = [sys.executable, "-m", "pytest", *words, *measure, *(["--cov-append"] if paths else [])]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def reaching(fault: Fault) -> list[str]:
    """Return the tests that are asked for it, the nearest first; on PostgreSQL their files."""
    if fault.on == "postgresql":
        return _files_about(fault)
    data = CoverageData(basename=str(LINES))
    data.read()
    by_line = data.contexts_by_lineno(fault.file)
    lines = _statements(fault) & by_line.keys() or by_line.keys()
    contexts = {context for line in lines for context in by_line[line]} - {""}
    known = set(map(_test, data.measured_contexts() - {""}))
    tests = _with_their_files(contexts, known) or _of_folder(fault.app, known)
    runs = Counter(_test(context) for contexts in by_line.values() for context in contexts)
    return sorted(tests, key=lambda test: (_distance(test, fault), -runs[test], test))


def _of_folder(app: str, known: set[str]) -> set[str]:
    return {test for test in known if test.startswith(f"tests/{app}/")}


def _test(context: str) -> str:
    return context.rpartition("|")[0]


def _with_their_files(contexts: set[str], known: set[str]) -> set[str]:
    """Return the tests that these contexts are of, and all of a file where one is a set-up."""
    shared = {context.partition("::")[0] for context in contexts if not context.endswith("|run")}
    beside = {test for test in known if test.partition("::")[0] in shared}
    return set(map(_test, contexts)) | beside


def _statements(fault: Fault) -> set[int]:
    """Return the lines of the statements that it changes; none where they run at import or once."""
    if not fault.file.endswith(".py"):
        return set()
    source = (ROOT / fault.file).read_text(encoding="utf-8")
    tree, changed = ast.parse(source), fault.lines(source)
    if _runs_once(tree, changed[0]):
        return set()
    spans = [_span(node) for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    holding = (min((span for span in spans if line in span), key=lambda span: len(span)) for line in changed)
    return {line for span in holding for line in span}


def _runs_once(tree: ast.Module, line: int) -> bool:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    around = [node for node in functions if line in range(node.body[0].lineno, (node.end_lineno or 0) + 1)]
    decorators = " ".join(ast.unparse(one) for node in around for one in node.decorator_list)
    return not around or CACHED in decorators


def _span(node: ast.stmt) -> range:
    """Return the lines of a statement; of one with statements in it, its head."""
    body: list[ast.stmt] = getattr(node, "body", [])
    end = body[0].lineno - 1 if body else node.end_lineno or node.lineno
    return range(node.lineno, max(end, node.lineno) + 1)


def _distance(test: str, fault: Fault) -> int:
    """Return 0 of a test of the app, 1 of one of all apps, 2 of another app's."""
    folder = test.split("/")[1]
    return 0 if folder == fault.app else 1 if folder.startswith("test_") else 2


def _files_about(fault: Fault) -> list[str]:
    package, _dot, name = fault.file.removesuffix(".py").replace("/", ".").rpartition(".")
    names = re.compile(rf"\b{package}\.{name}\b|from {package} import .*\b{name}\b")
    found: list[tuple[bool, int, str]] = []
    for path in LISTED_FILES:
        text = (ROOT / path).read_text(encoding="utf-8")
        about = names.search(text) is not None
        if about or OF_POSTGRES.search(text):
            found.append((not about, _distance(path, fault), path))
    return [path for *_order, path in sorted(found)]


# --- planted and looked for ----------------------------------------------------------------------------
@contextmanager
def copied() -> Iterator[Path]:
    """A copy of the tree as it stands, with the databases that are kept for it."""
    with TemporaryDirectory(prefix="nmt-fault-", ignore_cleanup_errors=True) as folder:
        tree = Path(folder) / "tree"
        (tree / ".cache" / "tests").mkdir(parents=True)
        Path(folder).chmod(0o755)
        parts = [entry for entry in ROOT.iterdir() if not NOT_COPIED.fullmatch(entry.name)]
        subprocess.run(["cp", "-a", *parts, tree], check=True)
        if databases := [*STORE.glob("*.sqlite3"), *STORE.glob("*.postgresql-*")]:
            subprocess.run(["cp", "-a", *databases, tree / ".cache" / "tests"], check=True)
        yield tree


def finder(fault: Fault, left_out: frozenset[str] = frozenset()) -> str:
    """Return the first test that fails by the fault, of all but these; ESCAPED where none does."""
    former = before().get(fault.name, ESCAPED)
    with copied() as tree:
        source = (tree / fault.file).read_text(encoding="utf-8")
        (tree / fault.file).write_text(fault.planted(source), encoding="utf-8")
        with suppress(LookupError):  # it may be no test any more
            if former and former not in left_out and failing([former], tree, fault.on):
                return former
        left = [test for test in reaching(fault) if test not in left_out]
        for size in FILES if fault.on == "postgresql" else BATCHES:
            batch, left = left[:size], left[size:]
            if batch and (failed := failing(batch, tree, fault.on, "-x")):
                return failed[0]
    return ESCAPED


def lived(fault: Fault) -> str:
    """Return the first difference that a busy week shows by the fault; ESCAPED where it shows none. The week
    ends there."""
    with copied() as tree:
        source = (tree / fault.file).read_text(encoding="utf-8")
        (tree / fault.file).write_text(fault.planted(source), encoding="utf-8")
        for collected in STORE.glob("*.static"):
            (tree / ".cache" / "tests" / collected.name).symlink_to(collected)
        command = [sys.executable, "-u", "-m", "tests.year", "--week", "--pairs", fault.on]
        environment = {**os.environ, "TMPDIR": str(tree.parent)}
        pipe: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
        with subprocess.Popen(command, cwd=tree, env=environment, **pipe) as run:
            found = next(filter(DIFFERS.match, run.stdout or ()), "").strip()
            if found:
                run.terminate()
    return found or (BROKE_OFF if run.returncode not in (0, 1) else ESCAPED)


def failing(tests: Sequence[str], tree: Path, on: str, *more: str) -> list[str]:
    """Return the tests that fail in the tree. Raises LookupError where one is no test any more."""
    run = POSTGRES if on == "postgresql" else SQLITE
    words = [*more, "-rfE", "-p", "no:cacheprovider", "-m", chosen(run, everything=False)]
    words += ["-o", "faulthandler_timeout=300", "-o", "faulthandler_exit_on_timeout=true"]
    words += ["--postgresql", "--database-only"] if on == "postgresql" else []
    asked = tree.parent / "asked"
    asked.write_text("\n".join(tests), encoding="utf-8")
    environment = {**os.environ, "COLUMNS": "1000", "TMPDIR": str(tree.parent)}
    command = [sys.executable, "-m", "pytest", *words, f"@{asked}"]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if gone := re.search("^ERROR: .*not found: .*", done.stdout + done.stderr, re.MULTILINE):
        raise LookupError(f"{gone[0]}: record anew.")
    lines = re.findall(r"^(?:FAILED|ERROR) (tests/.+?)(?: - .*)?$", done.stdout, re.MULTILINE)
    return lines or ([] if done.returncode in (0, 5) else [BROKE_OFF])


def failing_anyway(found: Mapping[Fault, str]) -> frozenset[str]:
    """Return those of the tests that have found something and fail without any fault."""
    bad: set[str] = set()
    with copied() as tree:
        for on in ("sqlite", "postgresql"):
            tests = {test for fault, test in found.items() if fault.on == on} - {ESCAPED, BROKE_OFF}
            bad.update(failing(sorted(tests), tree, on) if tests else ())
    return frozenset(bad)


def before() -> dict[str, str]:
    """Return by which test each fault was found when that was kept last."""
    with FOUND.open(encoding="utf-8", newline="") as file:
        return {row["fault"]: row["found by"] for row in csv.DictReader(file)}


def keep(found: dict[str, str]) -> None:
    known = before() | found
    with FOUND.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["fault", "found by"])
        lines.writerows([fault.name, known[fault.name]] for fault in faults() if fault.name in known)


def hunt(wanted: Sequence[Fault], *, at_once: int, kept: bool) -> int:
    """Print what finds each, and return how many have escaped."""
    former, found = before(), dict[Fault, str]()
    with ThreadPoolExecutor(at_once) as queue:
        for fault, test in zip(wanted, queue.map(finder, wanted), strict=True):
            found[fault] = test
            print(f"{fault.name}: {test or 'ESCAPED'}", flush=True)
    bad = failing_anyway(found)
    found |= {fault: finder(fault, bad) for fault, test in found.items() if test in bad}
    if kept:
        keep({fault.name: test for fault, test in found.items()})
    return _report(found, former)


def _report(found: Mapping[Fault, str], former: Mapping[str, str]) -> int:
    """Print what is not as before and what has escaped; return how much that is."""
    for fault, test in found.items():
        if former.get(fault.name, test) != test:
            print(f"{fault.name}: before {former[fault.name] or 'nothing'}, now {test or 'nothing'}")
    escaped = [f"{one.name} ({one.file}): {one.breaks}" for one, test in found.items() if test == ESCAPED]
    print("".join(f"ESCAPED: {said}\n" for said in escaped), end="")
    print(f"{len(found)} faults, {len(escaped)} escaped")
    return len(escaped)


def main() -> int:
    words = argparse.ArgumentParser(prog="tests.faults")
    words.add_argument("--list", action="store_true", help="print the faults")
    words.add_argument("--record", nargs="*", metavar="PATH", help="record which test runs which line")
    words.add_argument("--only", nargs="+", metavar="NAME", help="these faults alone")
    words.add_argument("--keep", action="store_true", help="write what was found to faults.csv")
    words.add_argument("--year", action="store_true", help="those of tests/year/faults.toml")
    words.add_argument("--at-once", type=int, default=2, metavar="N", help="processes (2)")
    asked: Any = words.parse_args()
    if asked.record is not None:
        return record(asked.at_once, asked.record)
    listed = faults(OF_THE_YEAR if asked.year else LIST)
    wanted = [fault for fault in listed if not asked.only or fault.name in asked.only]
    if asked.list:
        print("\n".join(f"{fault.name} ({fault.file}): {fault.breaks}" for fault in wanted))
        return 0
    if asked.year:
        return min(1, _report({fault: lived(fault) for fault in wanted}, {}))
    return min(1, hunt(wanted, at_once=asked.at_once, kept=asked.keep))


if __name__ == "__main__":
    sys.exit(main())
