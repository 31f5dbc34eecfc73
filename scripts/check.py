"""Runs every check, and the tests that `make test` is made of or all; says what ran, what was skipped and
what failed.

python -m scripts.check [--all]
"""

from __future__ import annotations

import argparse
import codecs
import hashlib
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scripts import debian, times
from scripts.translations import compile_all
from tests.on_postgresql import LISTED_FILES
from tests.postgres import version
from tests.timing import FILE
from tests.weights import CHROMIUM, EXAMPLES, POSTGRES, SQLITE, chosen

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# seconds without a word from the tests, or for one check: a hang is a failure, and slowness is none
LIMIT = 600


@dataclass
class Report:
    """`counts` has passed, failed and skipped over checks and tests; `ran`, `skipped`, `broken` name the
    parts. `everything`: with what only `make test-all` runs."""

    everything: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    ran: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    taken: list[times.Run] = field(default_factory=list)

    def skip(self, name: str, why: str) -> None:
        self.skipped.append(f"{name} ({why})")
        print(f"\n!!! SKIPPED: {name}: {why} !!!", flush=True)

    def done(self, name: str, *, good: bool, seconds: float) -> None:
        (self.ran if good else self.broken).append(name)
        print(f"--- {name}: {'ok' if good else 'FAILED'} in {seconds:.1f} s", flush=True)

    def show_seconds(self) -> None:
        """Print where the time went, and whether the list of slow tests agrees."""
        if not self.taken:
            return
        times.keep(self.taken, everything=self.everything)
        print()
        agrees = times.show(self.taken, everything=self.everything)
        self.counts["passed" if agrees else "failed"] += 1
        self.done("tests/slow.csv", good=agrees, seconds=0)

    def close(self) -> int:
        print()
        print(f"Ran: {', '.join(self.ran) or 'nothing'}.")
        print(f"Skipped: {'; '.join(self.skipped) or 'nothing'}.")
        if not self.everything:
            print("Left to make test-all: more examples, and on PostgreSQL what no database changes.")
        if self.skipped and os.environ.get("CI"):
            self.broken.append("a part was skipped, and CI is set")
            self.counts["failed"] += 1
        if self.broken:
            print(f"FAILED: {', '.join(self.broken)}.")
        print(
            f"{self.counts['passed']} passed, {self.counts['failed']} failed, {self.counts['skipped']} "
            "skipped"
        )
        return 1 if self.broken else 0


def main(*, everything: bool) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the database server is ended too
    os.chdir(ROOT)
    lacking = debian.install_missing(everything=everything)
    report = Report(everything)
    with tempfile.TemporaryDirectory(prefix="nmt-check-") as folder:
        compile_all()
        with beside(report, Path(folder)):
            run_tests(report, lacking, Path(folder))
    if lacks_pdf := sorted({"libpango-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core"} & set(lacking)):
        report.skip("PDF files", f"{', '.join(lacks_pdf)} (Debian packages) not installed")
    if "libreoffice-calc-nogui" in lacking:
        report.skip(
            "spreadsheets in LibreOffice", "it (Debian package libreoffice-calc-nogui) is not installed"
        )
    report.show_seconds()
    return report.close()


def checks() -> Sequence[tuple[str, list[str | Path]]]:
    return [
        ("ruff check", [BIN / "ruff", "check", "--quiet", "."]),
        ("ruff format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
        (
            "templates",
            [BIN / "djade", "--check", "--target-version", "5.2", *ROOT.glob("templates/**/*.html")],
        ),
        ("layers", [BIN / "lint-imports"]),
        ("types", [BIN / "mypy", "--no-error-summary", "--cache-dir", kept_types()]),
        ("system check", [sys.executable, "manage.py", "check", "--fail-level", "WARNING"]),
        ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ]


def kept_types() -> Path:
    """Return where mypy keeps what it has read: another folder when a module has come or gone, since it would
    look for the one that is gone."""
    modules = sorted(str(file) for folder in ROOT.glob("[a-z]*") for file in folder.rglob("*.py"))
    digest = hashlib.sha256("\n".join(modules).encode()).hexdigest()
    return ROOT / ".mypy_cache" / digest[:16]


@contextmanager
def beside(report: Report, folder: Path) -> Iterator[None]:
    """The checks, one after another, while the tests run: these leave a processor idle now and then, as when
    they wait for their database or for the browser."""
    with ThreadPoolExecutor(1) as queue:
        begun = [(name, queue.submit(check, command, folder)) for name, command in checks()]
        try:
            yield
        except BaseException:
            queue.shutdown(wait=False, cancel_futures=True)
            raise
    for name, future in begun:
        good, seconds = future.result()
        report.counts["passed" if good else "failed"] += 1
        report.done(name, good=good, seconds=seconds)


def check(command: Sequence[str | Path], folder: Path) -> tuple[bool, float]:
    """Whether it is good, and how long it took. What it says is printed in one piece."""
    begun = time.monotonic()
    environment = {**os.environ, "DEMO": "1", "STATE_DIR": str(folder), "DATABASE_URL": ""}
    try:
        done = subprocess.run(
            command,
            env=environment,
            timeout=LIMIT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        code, text = done.returncode, done.stdout
    except subprocess.TimeoutExpired:
        code, text = 124, f"It did not end within {LIMIT} seconds.\n"
    print(f"\n{heading(command)}\n{text}", end="", flush=True)
    return code == 0, time.monotonic() - begun


def run_tests(report: Report, lacking: Sequence[str], folder: Path) -> None:
    marks = chosen(SQLITE, everything=report.everything)
    with timed(report, SQLITE, folder) as environment:
        suite(report, "tests on SQLite", ["-m", marks], folder, environment)
    if "postgresql" in lacking:
        report.skip(
            "tests on PostgreSQL", "the server programs (Debian package postgresql) are not installed"
        )
    else:
        postgres_suite(report, folder)
    if "chromium-headless-shell" in lacking:
        report.skip(
            "tests in the browser", "Chromium (Debian package chromium-headless-shell) is not installed"
        )
    else:
        marks = chosen(CHROMIUM, everything=report.everything)
        with timed(report, CHROMIUM, folder) as environment:
            suite(report, "tests in Chromium", ["-m", marks, *marked("browser")], folder, environment)


def marked(name: str) -> list[str]:
    """The files that have the mark: each process would read all the others for nothing."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [
        str(file.relative_to(ROOT)) for file in files if f"mark.{name}" in file.read_text(encoding="utf-8")
    ]


def postgres_suite(report: Report, folder: Path) -> None:
    marks = chosen(POSTGRES, everything=report.everything)
    files = () if report.everything else LISTED_FILES
    given = ["--postgresql", "--database-only", "-m", marks, *files]
    with timed(report, POSTGRES, folder) as environment:
        suite(report, f"tests on PostgreSQL {version()}", given, folder, environment)


@contextmanager
def timed(report: Report, kind: str, folder: Path) -> Iterator[dict[str, str]]:
    """Gives the environment of a run, and keeps what its tests took when it is over."""
    file, begun, before = folder / f"{kind}.json", time.monotonic(), _children()
    yield {FILE: str(file)}
    wall, seconds = time.monotonic() - begun, _children() - before
    tests, server = times.read_tests(file), times.read_server(file)
    report.taken.append(times.Run(kind, wall, seconds, server, tests))


def _children() -> float:
    """Return the processor time of all processes that have ended, the checks beside the tests among them."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def suite(
    report: Report, name: str, tests: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> None:
    begun, results = time.monotonic(), folder / f"{len(report.ran) + len(report.broken)}.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "auto",
        "--dist",
        "worksteal",
        "-rfEs",
        f"--junit-xml={results}",
    ]
    # TMPDIR: what a test run that is killed leaves behind goes with our own folder.
    usual = {"TMPDIR": str(folder), EXAMPLES: "all" if report.everything else ""}
    code = run([*command, *tests], usual | environment)
    found = read(results)
    good = code == 0 and found["failed"] == 0 and found["passed"] > 0
    if not good and not found["failed"]:  # it broke off, or ran nothing
        found["failed"] = 1
    report.counts.update(found)
    report.done(f"{name} ({found['passed']})", good=good, seconds=time.monotonic() - begun)


def read(results: Path) -> Counter[str]:
    """Counts of a JUnit file; empty where the run broke off before it was written."""
    if not results.exists():
        return Counter()
    suites = ET.parse(results).getroot().iter("testsuite")  # noqa: S314 - our own file
    total = Counter[str]()
    for item in suites:
        tests, failed, skipped = (int(item.get(key, 0)) for key in ("tests", "failures", "skipped"))
        failed += int(item.get("errors", 0))
        total.update(passed=tests - failed - skipped, failed=failed, skipped=skipped)
    return total


def heading(command: Sequence[str | Path]) -> str:
    return f"=== {Path(command[0]).name} {' '.join(str(word) for word in command[1:])}"[:160]


def run(command: Sequence[str | Path], environment: Mapping[str, str]) -> int:
    print(f"\n{heading(command)}", flush=True)
    with subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE) as process:
        try:
            return listen(process)
        finally:
            process.kill()


def listen(process: subprocess.Popen[bytes]) -> int:
    """Passes on what it says as it comes, until it ends or has said nothing for long."""
    output = process.stdout.fileno()  # type: ignore[union-attr]
    text, heard = codecs.getincrementaldecoder("utf-8")("replace"), time.monotonic()
    while time.monotonic() - heard < LIMIT:
        if select.select([output], [], [], 1)[0]:
            said, heard = os.read(output, 65536), time.monotonic()
            print(text.decode(said), end="", flush=True)
            if not said:
                return process.wait()
        elif process.poll() is not None:  # what it started may hold its output open
            return process.returncode
    print(f"It said nothing for {LIMIT} seconds.")
    return 124


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts.check")
    parser.add_argument("--all", action="store_true", help="every example, and every test on both databases")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main(everything=asked().all))
    except KeyboardInterrupt:
        sys.exit(130)
