"""`manage.py demo [--scale N] [--seed S]`: reference data, a register invented to this day. Needs DEMO=1."""

from __future__ import annotations

import os
import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

import agencies.reference_data
import knowledge.stored_texts
import summaries.counting.historical
from accounts.models import User
from cases.demo.invent import invent
from cases.demo.people import DOMAIN, LINE, SIGN_INS
from cases.models import Call, Case
from home.line_notes import leave_note
from nmt_site.management import need
from summaries.estimates.estimate import estimate
from summaries.release.demonstration import announce_next, publish_years


class Command(BaseCommand):
    help = "Loads reference data and invents the rest. Needs DEMO=1 and an empty register."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, help="how many times as many persons and calls")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        need(settings.DEMO, "Invented data are loaded only where DEMO=1.")
        need(options["scale"] > 0, "--scale must be a whole number from 1.")
        is_empty = not (User.objects.exists() or Case.objects.exists() or Call.objects.exists())
        need(is_empty, "The register is not empty: invented data are never added to what is there.")
        given = os.environ.get("DEMO_PASSWORD", "").strip()
        password = given or secrets.token_urlsafe(15)
        agencies.reference_data.load()
        knowledge.stored_texts.load()
        summaries.counting.historical.load()
        summaries.counting.historical.decide_standing_exemption()
        today = timezone.localdate()
        counts = invent(password=password, scale=options["scale"], seed=options["seed"], today=today)
        publish_years(_signs_in("analyst"), _signs_in("manager"), today)
        estimate(_signs_in("analyst"), today)
        leave_note(_signs_in(LINE), today)
        announce_next(_signs_in("analyst"), today)
        self.stdout.write(f"Invented {counts['persons']} persons and {counts['calls']} calls.")
        for who, role, *_rest in SIGN_INS:
            self.stdout.write(f"{who}@{DOMAIN}  {role.label}")
        if not given:
            self.stdout.write(f"Password: {password}")


def _signs_in(who: str) -> User:
    return User.objects.get(email=f"{who}@{DOMAIN}")
