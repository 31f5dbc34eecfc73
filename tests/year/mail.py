"""A mail server on loopback that keeps what it is sent, as the people of the year would read it."""

from __future__ import annotations

import email.policy
import re
import socketserver
import threading
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str

    @property
    def links(self) -> list[str]:
        return re.findall(r"https?://\S+", self.text)


class _Talk(socketserver.StreamRequestHandler):
    """Enough of SMTP to be handed a letter."""

    server: Mail

    def handle(self) -> None:
        self._say("220 post")
        to: list[str] = []
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"EHLO" or verb == b"HELO":
                self._say("250 post")
            elif verb == b"RCPT":
                to.append(re.findall(rb"<(.*?)>", line)[0].decode())
                self._say("250 ok")
            elif verb == b"DATA":
                self._say("354 go on")
                self.server.take(to, self._content())
                to = []
                self._say("250 ok")
            elif verb == b"QUIT":
                return self._say("221 bye")
            else:
                self._say("250 ok")

    def _content(self) -> bytes:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class Mail(socketserver.ThreadingTCPServer):
    """`letters` in the order in which they came. Where it is `away` it takes none."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.letters: list[Letter] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def take(self, to: list[str], content: bytes) -> None:
        message = BytesParser(_class=EmailMessage, policy=email.policy.default).parsebytes(content)
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        self.letters += [Letter(one, str(message["Subject"]), text) for one in to]

    def to(self, address: str) -> list[Letter]:
        return [letter for letter in self.letters if letter.to == address]
