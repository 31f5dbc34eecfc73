"""An e-ID service that is slow, or means harm: a question ends by its deadline however the service spends it,
no more than two are asked at once, and what it says is refused by a sentence."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import Client

from accounts.eid import service as provider
from accounts.eid.service import EidProof, EidRefused, bind
from accounts.models import Attempt
from accounts.roles import Role
from audit.models import Event
from tests.accounts.eid_service import ISSUER, LEVEL, SETTINGS, Service
from tests.actors import access, user
from tests.weights import every_value_once

GO: Final = "/accounts/eid/start/"
DEADLINE: Final = 1.0  # in these tests
HEAD: Final = b"HTTP/1.1 200 OK\r\n"
ASK: Final = provider.ask
Answer = Callable[[socket.socket], None]


# --- a service on loopback ------------------------------------------------------------------------
@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = made.add_extension(address, critical=False).sign(key, SHA256())
    path = tmp_path_factory.mktemp("tls") / "loopback.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + signed.public_bytes(Encoding.PEM))
    return path


@pytest.fixture(autouse=True)
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    provider._context.load_verify_locations(certificate)
    monkeypatch.setattr(provider, "DEADLINE", DEADLINE)


def hear(asked: socket.socket) -> None:
    """All that is asked: a connection that is closed before it is read is broken for the other side."""
    asked.settimeout(0.1)
    with suppress(TimeoutError):
        while asked.recv(8192):
            pass
    asked.settimeout(None)


@contextmanager
def serving(answer: Answer, certificate: Path | None) -> Iterator[str]:
    """Answer every connection by `answer`, in TLS where there is a certificate; give the address."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if certificate:
        context.load_cert_chain(certificate)

    def one(plain: socket.socket) -> None:
        with suppress(OSError), plain:
            if not certificate:
                return answer(plain)
            with context.wrap_socket(plain, server_side=True) as taken:
                hear(taken)
                return answer(taken)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=one, args=(listening.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/"
        listening.shutdown(socket.SHUT_RDWR)


def says(said: bytes) -> Answer:
    head = HEAD + b"Content-Length: %d\r\n\r\n" % len(said)
    return lambda to: to.sendall(head + said)


def drips(at_once: bytes, drop: bytes) -> Answer:
    """Says something, and then a little at a time, without end."""

    def answer(to: socket.socket) -> None:
        to.sendall(at_once)
        while True:
            to.sendall(drop)
            time.sleep(0.05)

    return answer


def silent(to: socket.socket) -> None:
    """Says nothing until the other side has given up."""
    while to.recv(8192):
        pass


SLOW: Final[dict[str, Answer]] = {
    "silence": silent,
    "a status in drops": drips(b"HTTP/1.1 200 ", b"O"),
    "headers in drops": drips(HEAD, b"x"),
    "many small headers": drips(HEAD, b"a: b\r\n"),
    "go on, go on": drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a chunk's size in drops": drips(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "chunks in drops": drips(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "a body in drops": drips(HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
    "a body without length in drops": drips(HEAD + b"\r\n", b" "),
    "a refusal's headers in drops": drips(b"HTTP/1.1 400 Bad Request\r\n", b"x"),
}


def refused(address: str) -> str:
    with pytest.raises(EidRefused) as error:
        provider.ask(address)
    return error.value.why


def test_a_service_that_answers_is_heard(certificate: Path) -> None:
    with serving(says(b'{"issuer": "x"}'), certificate) as address:
        assert provider.ask(address) == {"issuer": "x"}
        assert provider.ask(address, {"code": "y"}) == {"issuer": "x"}


@pytest.mark.parametrize("how", SLOW)
def test_a_question_ends_by_its_deadline(certificate: Path, how: str) -> None:
    with serving(SLOW[how], certificate) as address:
        began = time.monotonic()
        assert refused(address) == "away"
        assert time.monotonic() - began < DEADLINE + 1


@pytest.mark.parametrize("tls", [silent, drips(b"\x16\x03\x03\x40\x00", b"\x02")])
def test_tls_that_does_not_come_about_ends_by_the_deadline(tls: Answer) -> None:
    with serving(tls, None) as address:
        began = time.monotonic()
        assert refused(address) == "away"
        assert time.monotonic() - began < DEADLINE + 1


def test_network_addresses_that_take_no_connection_end_by_the_deadline_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A queue that is full takes none; a name may have many such addresses."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for one in (first, second):
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        many = socket.getaddrinfo("127.0.0.1", full.getsockname()[1], type=socket.SOCK_STREAM) * 20
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_how: many)
        began = time.monotonic()
        assert refused("https://many.example/") == "away"
        assert time.monotonic() - began < DEADLINE + 1


def test_a_third_question_is_told_at_once_that_the_service_is_busy(certificate: Path) -> None:
    with serving(silent, certificate) as slow, serving(says(b"{}"), certificate) as quick:
        two = [threading.Thread(target=refused, args=(slow,)) for _time in range(2)]
        for thread in two:
            thread.start()
        time.sleep(0.2)
        began = time.monotonic()
        assert refused(quick) == "busy"
        assert time.monotonic() - began < DEADLINE / 2
        for thread in two:
            thread.join()
        assert provider.ask(quick) == {}


@pytest.mark.parametrize("said", [b"[" * 150_000, b'{"a":' * 30_000, b"nonsense", b"[]", b"\xff" * 9, b""])
def test_an_answer_that_is_no_json_of_ours_is_refused(certificate: Path, said: bytes) -> None:
    with serving(says(said), certificate) as address:
        assert refused(address) == "away"


# --- what it says, on the pages -------------------------------------------------------------------
@pytest.fixture
def service(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Service:
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    Attempt.objects.all().delete()
    provider.forget()
    made = Service()
    monkeypatch.setattr(provider, "ask", made.ask)
    return made


@pytest.fixture
def client() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def whys() -> list[str]:
    rows = Event.objects.filter(action="user.eid_refused").order_by("sequence")
    return list(rows.values_list("search_kind", flat=True))


@pytest.mark.parametrize(
    ("where", "added"),
    every_value_once(
        ["authorization_endpoint", "token_endpoint", "jwks_uri"],
        ["\r\nX-Evil: 1", "\n", "\t", "\0", "\x7f", "\x85", "\u2028", " b", "\u00e5", "\ud800"],
    ),
)
def test_an_address_with_what_no_address_has_is_refused_by_a_sentence(
    client: Client, service: Service, where: str, added: str
) -> None:
    service.described = {where: f"{ISSUER}/authorize{added}"}
    page = client.post(GO)
    assert page.status_code == 400
    assert "does not answer" in page.content.decode()
    assert whys() == ["away"]


@pytest.mark.parametrize("added", [":0", ":99999", ":x"])
def test_an_address_with_no_port_that_there_is_is_refused(
    client: Client, service: Service, added: str
) -> None:
    service.described = {"token_endpoint": f"{ISSUER}{added}/token"}
    assert client.post(GO).status_code == 400


def test_a_busy_service_is_a_sentence_that_counts_against_nobody(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _turn in range(provider.MAX_PARALLEL):
        provider._turns.acquire()
    try:
        monkeypatch.setattr(provider, "ask", ASK)
        pages = [client.post(GO) for _time in range(35)]
    finally:
        for _turn in range(provider.MAX_PARALLEL):
            provider._turns.release()
    assert {page.status_code for page in pages} == {400}
    assert "Wait half a minute" in pages[-1].content.decode()
    assert set(whys()) == {"busy"}
    monkeypatch.setattr(provider, "ask", service.ask)
    assert client.post(GO).status_code == 200  # neither kept as silent nor stopped


def deep_token() -> str:
    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    return f"{part(b'[' * 100_000)}.{part(json.dumps({}).encode())}.{part(b'x')}"


def test_a_deep_answer_to_a_sign_in_is_refused_by_a_sentence(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "signed", lambda *_what: deep_token())
    assert service.through(client).status_code == 400
    assert whys() == ["proof"]


@pytest.mark.parametrize(
    ("seconds", "why"),
    [(-590, []), (-611, ["proof"]), (-86_400, ["proof"]), (30, []), (120, ["proof"])],
)
def test_an_answer_was_signed_within_ten_minutes(
    client: Client, service: Service, seconds: int, why: list[str]
) -> None:
    """Also where it says that its owner was asked now."""
    olle = user("Olle", Role.OPERATOR, language="en")
    bind(EidProof(ISSUER, service.subject, LEVEL, 0), by=access(olle))
    service.said = {"iat": int(time.time()) + seconds}
    answer = service.through(client)
    assert whys() == why
    assert answer.status_code == (400 if why else 302)
