"""What deploy/ sets up: units that systemd accepts and shuts in, timers for commands that there are, a proxy
and an image that tell and may as little as they should. What a machine has not is skipped by name."""

from __future__ import annotations

import gzip
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from nmt_site.timers import TIMERS
from tests.outside.commands import ours
from tests.proxy import free_port, nginx_command, program as where_is

ROOT: Final = Path(__file__).resolve().parents[2]
DEPLOY, UNITS = ROOT / "deploy", ROOT / "deploy" / "systemd"
SERVICES: Final = sorted(UNITS.glob("*.service"))
HOME: Final = "/opt/nmt"
# Of 10, by systemd's own reckoning; what is left is that it speaks to PostgreSQL and to browsers.
EXPOSED: Final = 1.5
COMMAND: Final = r"(?:manage\.py|(?<=`)nmt) ([a-z_]+)((?: [^\s`|#>]+)*)"


def needs(program: str, package: str) -> str:
    found = where_is(program)
    if not found:
        pytest.skip(f"{program} ({package}) is not installed: what it would check is NOT checked")
    return found


def directives(unit: Path) -> dict[str, list[str]]:
    """Each setting of a unit with its values."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """As if this tree were where the units have it."""
    for unit in UNITS.iterdir():
        (tmp_path / unit.name).write_text(
            unit.read_text().replace(f"{HOME}/.venv/bin", str(Path(sys.executable).parent))
        )
    return sorted(tmp_path.iterdir())


def analysed(*words: str, units: list[Path]) -> subprocess.CompletedProcess[str]:
    program = needs("systemd-analyze", "systemd")
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{units[0].parent}:"}
    return subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=False)


# --- units ------------------------------------------------------------------------------------
def test_systemd_accepts_every_unit(units: list[Path]) -> None:
    done = analysed("verify", "--man=no", "--recursive-errors=yes", *map(str, units), units=units)
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_says_that_every_service_is_shut_in(units: list[Path]) -> None:
    services = [unit for unit in units if unit.suffix == ".service"]
    words = ("security", "--offline=true", "--no-pager", f"--threshold={int(EXPOSED * 10)}")
    for service in services:
        if "@" in service.name:  # of a template it says nothing
            service = service.rename(service.with_name(service.name.replace("@", "-of-a-timer")))
        done = analysed(*words, str(service), units=units)
        assert done.returncode == 0, f"{service.name}: {done.stdout[-300:]}"


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_is_its_own_user_with_its_keys_as_credentials(unit: Path) -> None:
    facts = directives(unit)
    assert facts["User"] == facts["Group"] == ["nmt"]
    assert {value.partition(":")[0] for value in facts["LoadCredential"]} == {
        "SECRET_KEY",
        "NOTES_KEY",
        "AUDIT_KEY",
    }
    for name in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictNamespaces"):
        assert facts[name] == ["yes"], name
    assert facts["ProtectSystem"] == ["strict"]
    assert facts["CapabilityBoundingSet"] == [""]
    assert "SECRET_KEY=" not in unit.read_text()


@pytest.mark.parametrize("name", ["nmt-web.service", "nmt-worker.service"])
def test_web_and_worker_are_started_again_without_limit(name: str) -> None:
    """By systemd's default five starts in ten seconds are all: an outage would end them for good."""
    facts = directives(UNITS / name)
    assert facts["Restart"] == ["always"]
    assert facts["StartLimitIntervalSec"] == ["0"]
    assert facts["RestartSec"] == ["5"]


@pytest.mark.parametrize("name", ["nmt-web.service", "nmt-worker.service"])
def test_a_service_cannot_sign_in_as_the_owner_of_the_tables(name: str) -> None:
    """PostgreSQL knows the owner by the user of the machine, over its socket: without a password."""
    assert directives(UNITS / name)["InaccessiblePaths"] == ["-/run/postgresql"]


@pytest.mark.parametrize(
    ("file", "seconds", "unit"),
    [("postgresql.service.conf", "5", "postgresql@"), ("nginx.service.conf", "2", "nginx")],
)
def test_database_and_proxy_are_started_again_without_limit_when_killed(
    file: str, seconds: str, unit: str
) -> None:
    """Debian's units say nothing of it: then systemd leaves them dead."""
    facts = directives(DEPLOY / file)
    assert facts == {"Restart": ["on-failure"], "RestartSec": [seconds], "StartLimitIntervalSec": ["0"]}
    assert f"/etc/systemd/system/{unit}.service.d/nmt.conf" in (DEPLOY / "install.sh").read_text()


def test_whatever_a_timer_runs_is_told_of_where_it_fails() -> None:
    for timer in UNITS.glob("*.timer"):
        template, at, command = directives(timer)["Unit"][0].removesuffix(".service").partition("@")
        (tells,) = directives(UNITS / f"{template}{at}.service")["OnFailure"]
        name = re.fullmatch(r"nmt-tell@(.+)\.service", tells)
        assert name, timer.name
        assert name[1].replace("%i", command) in TIMERS
    assert directives(UNITS / "nmt-tell@.service")["ExecStart"][0].endswith(" manage.py tell_failure %i")


def test_timers_keep_swedish_time_whatever_the_machines_is() -> None:
    hours = [directives(timer)["OnCalendar"][0] for timer in UNITS.glob("*.timer")]
    assert {when.rpartition(" ")[2] for when in hours} == {"Europe/Stockholm", "hourly"}


def test_each_timer_runs_a_command_that_there_is_and_each_that_is_watched_has_a_timer() -> None:
    run = set()
    for timer in UNITS.glob("*.timer"):
        facts = directives(timer)
        unit = facts["Unit"][0]
        assert facts["OnCalendar"]
        assert facts["WantedBy"] == ["timers.target"]
        template, at, command = unit.removesuffix(".service").partition("@")
        service = UNITS / (f"{template}@.service" if at else unit)
        line = directives(service)["ExecStart"][0]
        found = command or re.findall(r"manage\.py (\w+)", line)[0]
        assert found in get_commands()
        run.add(found)
    assert run == set(TIMERS)


def test_the_server_starts_as_its_unit_says() -> None:
    line = shlex.split(directives(UNITS / "nmt-web.service")["ExecStart"][0])
    command = [sys.executable, "-m", "gunicorn", "--check-config", *line[1:]]
    environment = {**os.environ, "DEMO": "1", "STATE_DIR": os.environ["STATE_DIR"], "HOME": "/nonexistent"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_server_that_cannot_load_says_why_and_not_what_was_set(tmp_path: Path) -> None:
    """Its words go to the journal, which is a log."""
    command = [Path(sys.executable).with_name("gunicorn"), "nmt_site.wsgi:application"]
    command += ["--config", DEPLOY / "gunicorn.conf.py", "--bind", f"unix:{tmp_path / 'socket'}"]
    environment = os.environ | {"DEMO": "1", "STATE_DIR": str(tmp_path), "SMALL_CELL_K": "19121212-1212"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode != 0
    assert "SMALL_CELL_K must be a whole number" in done.stderr
    assert "1212" not in done.stdout + done.stderr


def test_a_reload_serves_the_new_code_and_loses_no_request(tmp_path: Path) -> None:
    """`systemctl reload` is how install.sh puts a release in; its unit sends USR2."""
    assert directives(UNITS / "nmt-web.service")["ExecReload"] == ["/bin/kill -USR2 $MAINPID"]
    with served(tmp_path, "the old") as (server, code), ThreadPoolExecutor() as pool:
        begun = pool.submit(answered, tmp_path, "/slow")
        time.sleep(0.5)
        code.write_text(SERVED.format("the new"))
        server.send_signal(signal.SIGUSR2)
        assert asked_until(tmp_path, "the new") <= {"the old", "the new"}
        code.write_text(SERVED.format("the newest"))
        os.kill(number_of_the_server(tmp_path), signal.SIGUSR2)
        assert asked_until(tmp_path, "the newest") == {"the new", "the newest"}
        assert not begun.done()
        assert "the old" in begun.result()
        assert server.wait(timeout=40) == 0
        assert "the newest" in answered(tmp_path)


def asked_until(folder: Path, words: str) -> set[str]:
    """All that was answered until the words were, within half a minute."""
    found: set[str] = set()
    for _try in range(300):
        found.add(answered(folder).rpartition(" by ")[0])
        if words in found:
            return found
        time.sleep(0.1)
    raise TimeoutError(found)


def test_a_release_that_cannot_be_loaded_leaves_the_old_one_serving(tmp_path: Path) -> None:
    with served(tmp_path, "the old") as (server, code):
        code.write_text("import nothing_of_this_name\n")
        server.send_signal(signal.SIGUSR2)
        time.sleep(3)
        assert "the old" in answered(tmp_path)
        code.write_text(SERVED.format("the mended"))
        server.send_signal(signal.SIGUSR2)
        assert server.wait(timeout=40) == 0
        assert "the mended" in answered(tmp_path)


SERVED: Final = (
    "import os, time\ndef app(said, start):\n    start('200 OK', [])\n"
    "    time.sleep(8 if said['PATH_INFO'] == '/slow' else 0)\n"
    "    return [f'{} by {{os.getppid()}}'.encode()]\n"
)


@contextmanager
def served(folder: Path, words: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A server by the project's configuration, and the file of its code. Whatever server is there at the end
    is ended."""
    code = folder / "served.py"
    code.write_text(SERVED.format(words))
    command = [str(Path(sys.executable).with_name("gunicorn")), "served:app", "--workers", "1"]
    command += ["--config", str(DEPLOY / "gunicorn.conf.py"), "--bind", f"unix:{folder / 'socket'}"]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(folder)}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            waited_for(folder)
            yield server, code
        finally:
            with suppress(OSError):
                os.kill(number_of_the_server(folder), signal.SIGTERM)
            server.terminate()


def waited_for(folder: Path) -> None:
    for _try in range(150):
        with suppress(OSError):
            answered(folder)
            return
        time.sleep(0.2)
    raise TimeoutError(folder)


def number_of_the_server(folder: Path) -> int:
    return int(answered(folder).rpartition(" ")[2])


def answered(folder: Path, address: str = "/") -> str:
    """The text of the page, which ends with the number of the process that started the worker."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(30)
        asking.connect(str(folder / "socket"))
        asking.sendall(f"GET {address} HTTP/1.0\r\n\r\n".encode())
        return b"".join(iter(lambda: asking.recv(4096), b"")).decode().rpartition("\r\n")[2]


def test_the_guides_name_only_commands_and_options_that_there_are() -> None:
    guides = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    named = [found for guide in guides for found in re.findall(COMMAND, guide.read_text())]
    assert len(named) > 30
    for command, rest in named:
        assert command in get_commands(), command
        made = load_command_class(get_commands()[command], command).create_parser("manage.py", command)
        known = {word for action in made._actions for word in action.option_strings}
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest)) <= known, f"{command} {rest}"


# --- the proxy --------------------------------------------------------------------------------
def for_nginx(tmp_path: Path, register: int, *, disk: bool = False) -> tuple[int, list[str]]:
    """The port where TLS is spoken, and what starts nginx."""
    needs("nginx", "nginx")
    needs("openssl", "openssl")
    port, plain = free_port(), free_port()
    return port, nginx_command(tmp_path, port, plain, register, disk=disk) or []


@pytest.mark.parametrize("disk", [False, True])
def test_nginx_accepts_what_it_is_told(tmp_path: Path, disk: bool) -> None:
    _port, words = for_nginx(tmp_path, 8000, disk=disk)
    done = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_proxy_sets_what_the_register_believes() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    for header in (
        "Host $host",
        "X-Forwarded-Proto https",
        "X-Forwarded-For $remote_addr",
        "X-Request-ID $request_id",
    ):
        assert f"proxy_set_header {header};" in text
    assert "return 301 https://$server_name$asked;" in text
    assert [line for line in text.splitlines() if "$request_uri" in line] == [
        "map $request_uri $asked { ~^(?<before_query>[^?]*) $before_query; }",
        "    #disk     proxy_cache_key $host$request_uri;",
    ]
    assert "limit_req zone=" in text


class Register(BaseHTTPRequestHandler):
    """In place of the register: it says what the proxy has sent it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        said = f"{self.path} {self.headers.get('Authorization')} {self.headers['X-Forwarded-For']}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[int]:
    """The port of nginx with the shipped configuration, on this machine's own addresses alone."""
    register = ThreadingHTTPServer(("127.0.0.1", 0), Register)
    Thread(target=register.serve_forever, daemon=True).start()
    port, words = for_nginx(tmp_path, register.server_port)
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as running:
        try:
            for _try in range(100):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            yield port
        finally:
            running.terminate()
            register.shutdown()
            register.server_close()


def fetched(port: int, *pages: str, host: str = "127.0.0.1", **headers: str) -> list[tuple[int, str]]:
    """Each page with its status, over one connection, as a browser asks."""
    asking = HTTPSConnection(host, port, context=ssl._create_unverified_context(), timeout=30)
    answers = []
    for page in pages:
        asking.request("GET", page, headers={"Host": "register.example", **headers})
        answer = asking.getresponse()
        answers.append((answer.status, answer.read().decode()))
    asking.close()
    return answers


def test_thirty_browsers_behind_one_address_get_their_first_page_whole(proxy: int) -> None:
    """With nothing kept from before: the page to sign in by, and sixteen static files."""
    first = ["/accounts/login/", *(f"/static/{number}.css" for number in range(16))]
    with ThreadPoolExecutor(30) as browsers:
        found = list(browsers.map(lambda _browser: fetched(proxy, *first), range(30)))
    statuses = [status for answers in found for status, _page in answers]
    assert statuses == [200] * 30 * 17


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_whoever_asks_without_end_is_slowed(proxy: int, site: str) -> None:
    said = {"Sec-Fetch-Site": site}
    with ThreadPoolExecutor(8) as browsers:
        found = list(browsers.map(lambda _browser: fetched(proxy, *["/"] * 100, **said), range(8)))
    assert 429 in {status for answers in found for status, _page in answers}


@pytest.mark.parametrize(
    ("site", "packed"),
    [("same-origin", True), ("cross-site", False), ("same-site", False), ("none", False), ("", False)],
)
def test_a_page_is_packed_only_where_a_page_of_the_register_asks(proxy: int, site: str, packed: bool) -> None:
    """Who asks from elsewhere, with words of the own choice, learns nothing of the page from its length."""
    asking = HTTPSConnection("127.0.0.1", proxy, context=ssl._create_unverified_context(), timeout=30)
    said = {"Sec-Fetch-Site": site} if site else {}
    asking.request("GET", "/cases/", headers={"Host": "register.example", "Accept-Encoding": "gzip", **said})
    answer = asking.getresponse()
    body = answer.read()
    asking.close()
    assert answer.getheader("Content-Encoding") == ("gzip" if packed else None)
    text = gzip.decompress(body) if packed else body
    assert text == b"/cases/ None 127.0.0.1"


def test_metrics_are_scraped_through_the_proxy_with_the_token_and_told_of_where_from(proxy: int) -> None:
    """The address that the proxy adds is what closes them to all others."""
    ((status, text),) = fetched(proxy, "/metrics", Authorization="Bearer token")
    assert (status, text) == (200, "/metrics Bearer token 127.0.0.1")


def test_the_proxy_speaks_http_2_and_ipv6(proxy: int) -> None:
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", proxy), 5) as plain,
        context.wrap_socket(plain, server_hostname="register.example") as secure,
    ):
        assert secure.selected_alpn_protocol() == "h2"
    if not Path("/proc/net/if_inet6").exists():
        pytest.skip("IPv6 is NOT tried: this machine has none")
    assert fetched(proxy, "/", host="::1")[0] == (200, "/ None ::1")


def test_the_example_of_alerts_scrapes_by_an_address_that_the_proxy_answers() -> None:
    text = (DEPLOY / "prometheus-alerts.yaml").read_text()
    (line,) = re.findall(r"^#   (scrape_configs: .*)$", text, re.MULTILINE)
    (scrape,) = yaml.safe_load(line)["scrape_configs"]
    assert scrape["scheme"] == "https"
    assert scrape["authorization"].keys() == {"credentials_file"}  # Bearer, unless it says otherwise
    assert scrape["static_configs"] == [{"targets": ["register.example"]}]
    assert f'job="{scrape["job_name"]}"' in text


def test_the_proxy_tells_nobody_that_something_failed_which_a_node_may_still_keep() -> None:
    (waits,) = re.findall(r"proxy_read_timeout (\d+)s;", (DEPLOY / "nginx.conf").read_text())
    (may_take,) = re.findall(r"^timeout = (\d+)$", (DEPLOY / "gunicorn.conf.py").read_text(), re.MULTILINE)
    assert int(waits) > int(may_take)


# --- the script and the image -----------------------------------------------------------------
def test_the_script_is_sound_and_names_what_there_is() -> None:
    script = (DEPLOY / "install.sh").read_text()
    subprocess.run(["sh", "-n", DEPLOY / "install.sh"], check=True)
    subprocess.run(["sh", "-n", DEPLOY / "nmt"], check=True)
    for command in re.findall(r"^\s*(?:NMT_ROLE=owner )?nmt (\w+)", script, re.MULTILINE):
        assert command in ours() or command in {"migrate", "check"}, command
    for file in re.findall(r"/opt/nmt/deploy/([\w.-]+)", script):
        assert (DEPLOY / file).exists(), file
    assert script.count("set -eu") == 1
    packages = script.partition("--no-install-recommends ")[2].partition("\n\n")[0].split()
    assert {"dbus", "tzdata"} <= set(packages)  # nmt asks systemd by the bus; timers are in Swedish time
    assert "apt-get" not in script.replace("apt-get -qq -o DPkg::Lock::Timeout=600", "")


def test_the_code_of_a_release_is_open_to_the_services_and_named_by_its_content(tmp_path: Path) -> None:
    """Whoever unpacked it, when, and under whatever umask; what was made beside it is not of it."""
    script = (DEPLOY / "install.sh").read_text()
    (function,) = re.findall(r"^code\(\) \{.*?^\}$", script, re.MULTILINE | re.DOTALL)
    beside = (".env", "var/keys/notes", ".venv/bin/python", "tests/test_a.py", "cases/__pycache__/a.pyc")

    def digest_of(folder: Path, text: str, mode: int) -> str:
        for name in ("manage.py", *beside):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text if name == "manage.py" else str(folder))
            (folder / name).chmod(mode)
        (folder / "out").mkdir(exist_ok=True)
        words = f"here={folder}; {function}\ncode | sha256sum"
        return subprocess.run(["sh", "-euc", words], capture_output=True, text=True, check=True).stdout

    first = digest_of(tmp_path / "a", "one", 0o600)
    assert digest_of(tmp_path / "b", "one", 0o664) == first
    assert digest_of(tmp_path / "b", "two", 0o664) != first
    listed = f"here={tmp_path / 'a'}; {function}\ncode | tar -tvf -"
    done = subprocess.run(["sh", "-euc", listed], capture_output=True, text=True, check=True)
    (line,) = [line for line in done.stdout.splitlines() if not line.startswith("d")]
    assert line.startswith("-rw-r--r-- 0/0")
    assert line.endswith("./manage.py")


def test_a_reload_loads_the_release_that_the_folder_leads_to_now(tmp_path: Path) -> None:
    """gunicorn remembers where it was started with links followed: the former release."""
    for name in ("former", "next"):
        made = tmp_path / name
        made.mkdir()
        (made / ".venv").symlink_to(Path(sys.executable).parent.parent)
        (made / "served.py").write_text(SERVED.format(name))
    current = tmp_path / "current"
    current.symlink_to(tmp_path / "former")
    command = [str(Path(sys.executable).with_name("gunicorn")), "served:app", "--workers", "1"]
    command += ["--config", str(DEPLOY / "gunicorn.conf.py"), "--bind", f"unix:{tmp_path / 'socket'}"]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "SERVICE_FOLDER": str(current)}
    with subprocess.Popen(
        command, cwd=current, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            waited_for(tmp_path)
            assert "former" in answered(tmp_path)
            current.unlink()
            current.symlink_to(tmp_path / "next")
            server.send_signal(signal.SIGUSR2)
            assert asked_until(tmp_path, "next") <= {"former", "next"}
        finally:
            with suppress(OSError):
                os.kill(number_of_the_server(tmp_path), signal.SIGTERM)
            server.terminate()


@pytest.mark.parametrize(
    "wrong", ["https://register.example/", "a b", "Register.example", "-x", "a..b", "a&b"]
)
def test_the_script_refuses_what_is_no_hosts_name_before_it_does_anything(wrong: str) -> None:
    """It stands in settings and in the proxy's file."""
    words = ["/bin/sh", DEPLOY / "install.sh", wrong]
    done = subprocess.run(words, env={"PATH": "/nonexistent"}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"install.sh: '{wrong}' is no host's name, such as register.example.\n"


def test_what_the_script_keeps_is_whole_and_what_was_changed_stays(tmp_path: Path) -> None:
    """A key that a stopped run left empty is made, one that is there stays, and so does what was changed."""
    script = (DEPLOY / "install.sh").read_text()
    functions = re.findall(r"^(?:kept|placed)\(\) \{.*?(?:\}$|^\}$)", script, re.MULTILINE | re.DOTALL)
    (tmp_path / "functions").write_text("\n".join(functions).replace("/etc/nmt/", f"{tmp_path}/sums-"))

    def run(line: str) -> str:
        words = ["sh", "-euc", f". ./functions; {line}"]
        return subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True).stderr

    (tmp_path / "a.key").touch()
    run("echo one | kept a.key; echo two | kept a.key")
    assert (tmp_path / "a.key").read_text() == "one\n"
    assert run("echo first | placed site; echo second | placed site") == ""
    (tmp_path / "site").write_text("mine\n")
    assert "site was changed and stays" in run("echo third | placed site")
    assert [(tmp_path / name).read_text() for name in ("site", "site.new")] == ["mine\n", "third\n"]


def test_the_image_runs_as_nobody_and_says_whether_it_lives() -> None:
    lines = (DEPLOY / "container" / "Containerfile").read_text()
    assert re.search(r"^USER 10001:10001$", lines, re.MULTILINE)
    assert "/livez" in lines
    assert "/readyz" not in lines.partition("HEALTHCHECK")[2]
    assert not re.search(r"(SECRET|NOTES|AUDIT)_KEY=[^$]", lines)


def test_the_proxys_logs_are_turned_over_by_one_rule(tmp_path: Path) -> None:
    """Debian has one for *.log: of a file with two the second is an error to logrotate, and does nothing."""
    logs = re.findall(r"(?:access|error)_log +(/\S+?)[ ;]", (DEPLOY / "nginx.conf").read_text())
    rule = (DEPLOY / "logrotate").read_text()
    assert len(logs) == 2
    for log in logs:
        assert log in rule
        assert not log.endswith(".log")
    logrotate = needs("logrotate", "logrotate")
    (tmp_path / "nginx").write_text(
        "/var/log/nginx/*.log {\n    daily\n    missingok\n    rotate 14\n}\n".replace(
            "/var/log/nginx", str(tmp_path)
        )
    )
    rule = re.sub(r"create .*", "", rule.replace("/var/log/nginx", str(tmp_path)))
    (tmp_path / "nmt").write_text(re.sub(r"postrotate.*endscript", "", rule, flags=re.DOTALL))
    for log in logs:
        (tmp_path / Path(log).name).write_text("a line\n")
    tmp_path.chmod(0o755)
    words = [logrotate, "--force", "--state", tmp_path / "state", tmp_path / "nginx", tmp_path / "nmt"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {f"{Path(log).name}.1" for log in logs} <= {file.name for file in tmp_path.iterdir()}


def test_postgresql_is_told_the_same_in_both_files() -> None:
    """One is for a cluster that there is, the other for a new one."""
    told_once = dict(
        re.findall(r"^(log_\w+) = (\S+)$", (DEPLOY / "postgresql.conf").read_text(), re.MULTILINE)
    )
    again = dict(
        re.findall(r"^(log_\w+) = (\S+)$", (DEPLOY / "postgresql.conf.example").read_text(), re.MULTILINE)
    )
    assert told_once == again


def test_the_example_of_alerts_is_one_that_prometheus_takes() -> None:
    """promtool has the last word, where there is one."""
    file = DEPLOY / "prometheus-alerts.yaml"
    (group,) = yaml.safe_load(file.read_text())["groups"]
    rules = group["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules) > 5
    for rule in rules:
        assert rule.keys() <= {"alert", "expr", "for", "annotations"}
        assert re.fullmatch(r"[0-9]+[mh]", rule.get("for", "1m"))
        assert re.fullmatch(r"\w+(\{job=\"nmt\"\})? (==|>|<) [0-9.e]+", rule["expr"]), rule["alert"]
        assert rule["annotations"]["summary"]
    if promtool := shutil.which("promtool"):
        subprocess.run([promtool, "check", "rules", file], check=True, capture_output=True)
