#!/usr/bin/env python
"""Command line of the NMT register."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

try:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, CommandParser, execute_from_command_line
    from django.db import OperationalError
except ImportError:
    sys.exit("Django is not installed for this Python: use .venv/bin/python, which 'make run' makes.")

from nmt_site.environment import SECRETS, new_key


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    if sys.argv[1:2] == ["make_key"]:  # it makes what the settings ask for, so it cannot wait for them
        os.environ.update({name: new_key() for name in SECRETS})
    CommandParser.error = refuse  # type: ignore[method-assign]
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(f"The database cannot be used: {str(error).strip().splitlines()[0]}")


def refuse(parser: CommandParser, message: str) -> NoReturn:
    """One sentence, as every other refusal, instead of a page of usage."""
    if not parser.called_from_command_line:  # Django looks for --settings first, and passes over what it cannot read
        raise CommandError(message)
    parser.exit(2, f"{parser.prog}: {' '.join(message.split())} (--help lists what may be written).\n")


if __name__ == "__main__":
    main()
