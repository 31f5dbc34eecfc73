"""The kinds of what is outside, each with its golden file."""

from __future__ import annotations

from typing import Final

from tests.outside import addresses, audit_words, columns, commands, jobs, prints, shapes
from tests.outside.golden import Golden

KINDS: Final = (
    Golden("addresses.txt", addresses.pages),
    Golden("admin-addresses.txt", addresses.admin),
    Golden("columns-in.txt", columns.taken),
    Golden("columns-out.txt", columns.given),
    Golden("formats-out.txt", columns.formats),
    Golden("commands.txt", commands.arguments),
    Golden("command-outcomes.txt", commands.outcomes),
    Golden("yearly-summary-sv.txt", commands.year_in_words("sv")),
    Golden("yearly-summary-en.txt", commands.year_in_words("en")),
    Golden("audit-actions.txt", audit_words.in_words),
    Golden("named-by-app.txt", audit_words.named_by_app),
    Golden("job-kinds.txt", jobs.kinds),
    Golden("json-shapes.txt", shapes.trees),
    Golden("report-headings-sv.txt", prints.headings("sv")),
    Golden("report-headings-en.txt", prints.headings("en")),
    Golden("sha256.txt", prints.digests),
    *prints.FILES,
)
# These change once when something moves to another app.
NAMES_APPS: Final = ("admin-addresses.txt", "named-by-app.txt")
