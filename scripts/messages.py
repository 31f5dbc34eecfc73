"""Brings the Swedish catalogue up to date with the code and the templates, in one order, so that merges stay
calm.

    python -m scripts.messages          (make messages; needs gettext's xgettext)

Prints the messages that have no Swedish yet. A message that merely resembles an old one is left empty: no
guesses.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale/sv/LC_MESSAGES/django.po"
OPTIONS = ["--locale", "sv", "--no-wrap", "--no-location", "--no-obsolete", "--verbosity", "0"]
IGNORED = ["tests/*", "bench/*", ".venv*/*", "var/*"]
HEADER = """# Swedish of the NMT register. How it is written: docs/developer.md.
msgid ""
msgstr ""
"Project-Id-Version: nmt-register\\n"
"PO-Revision-Date: 2026-11-24 12:00+0100\\n"
"Last-Translator: maintainers\\n"
"Language-Team: Swedish\\n"
"Language: sv\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})


def main() -> None:
    ignored = [word for pattern in IGNORED for word in ("--ignore", pattern)]
    environment = {**os.environ, "DEMO": "1"}
    command = [sys.executable, "manage.py", "makemessages", *OPTIONS, *ignored]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    with CATALOGUE.open("rb") as handle:
        messages = sorted((message for message in read_po(handle) if message.id), key=_place)
    CATALOGUE.write_text("\n".join([HEADER, *map(entry, messages)]))
    for message in messages:
        if not all(_texts(message)):
            print(" / ".join(message.id) if isinstance(message.id, tuple) else message.id)


def entry(message: Message) -> str:
    """The message as it stands in the catalogue."""
    lines = [f"#, {', '.join(flags)}"] if (flags := sorted(set(message.flags) - {"fuzzy"})) else []
    if message.context:
        lines.append(f"msgctxt {_quoted(message.context)}")
    texts = _texts(message)
    if isinstance(message.id, tuple):
        lines += [f"msgid {_quoted(message.id[0])}", f"msgid_plural {_quoted(message.id[1])}"]
        lines += [f"msgstr[{i}] {_quoted(text)}" for i, text in enumerate(texts)]
    else:
        lines += [f"msgid {_quoted(message.id)}", f"msgstr {_quoted(texts[0])}"]
    return "\n".join(lines) + "\n"


def _place(message: Message) -> tuple[str, str]:
    return (message.id[0] if isinstance(message.id, tuple) else message.id, message.context or "")


def _texts(message: Message) -> tuple[str, ...]:
    count = 2 if isinstance(message.id, tuple) else 1
    if "fuzzy" in message.flags or not message.string:
        return ("",) * count
    return tuple(message.string) if count == 2 else (message.string,)


def _quoted(text: str) -> str:
    return f'"{text.translate(ESCAPES)}"'


if __name__ == "__main__":
    main()
