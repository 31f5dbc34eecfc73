"""`manage.py restore_drill FILE [--head N:HASH]`: prove that a back-up can be restored, or name the first
fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from nmt_site.backup import NotDone, drill, in_words
from nmt_site.management import refusing


class Command(BaseCommand):
    help = (
        "Restores a back-up beside, in a database that is thrown away, checks the register and the trail "
        "there, and decrypts what it can with the keys that are set."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="what `backup` has written")
        parser.add_argument("--head", metavar="N:HASH", help="a head printed earlier, which it must hold")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusing(NotDone):
            proof = drill(Path(options["file"]), known=options["head"])
        later = f", {proof.migrated} migrations later" if proof.migrated else ""
        self.stdout.write(
            f"ok {proof.head} {proof.persons} persons, {proof.cases} cases, {proof.calls} calls{later}"
        )
        if proof.opened:
            self.stdout.write(f"NOTES_KEY opens {in_words(proof.opened)}: without it they are lost.")
        else:
            self.stdout.write("Nothing is encrypted in it: NOTES_KEY was not tried.")
