"""Our own small pictures: one path each on a 16 by 16 ground, drawn with a line of 1.75."""

from __future__ import annotations

from typing import Final

ICONS: Final[dict[str, str]] = {
    "add": "M8 3v10M3 8h10",
    "back": "M10 3 5 8l5 5",
    "calendar": "M2.5 4h11v9.5h-11zM2.5 7h11M5 2v3M11 2v3",
    "check": "M3 8.5 6.5 12 13 4.5",
    "close": "M4 4l8 8M12 4l-8 8",
    "down": "M8 3v10M4 9l4 4 4-4",
    "download": "M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10",
    "edit": "M3 13l.7-3L11 2.7 13.3 5 6 12.3z",
    "external": "M9 3h4v4M13 3 7.5 8.5M11 9.5V13H3V5h3.5",
    "forward": "M6 3l5 5-5 5",
    "info": "M8 7v4.5M8 4.5v.01M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z",
    "lock": "M4 7h8v6.5H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
    "person": "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8zM3 13.5c.5-2.7 2.4-4 5-4s4.5 1.3 5 4",
    "phone": (
        "M4 2.5h2l1 3-1.5 1a7 7 0 0 0 4 4l1-1.5 3 1v2c0 1-.5 1.5-1.5 1.5C7 13.5 2.5 9 2.5 4c0-1 .5-1.5 "
        "1.5-1.5z"
    ),
    "print": "M4.5 6V2.5h7V6M4.5 11H3V6h10v5h-1.5M4.5 9.5h7v4h-7z",
    "search": "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 13.5 13.5",
    "up": "M8 13V3M4 7l4-4 4 4",
    "warning": "M8 2.5 14 13H2zM8 6.5v3M8 11.3v.01",
}
