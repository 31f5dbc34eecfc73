"""Runs a module of bench/ in which each part of the register asks in its own role of the database.

python -m bench._as_installed NAME
"""

from __future__ import annotations

import os
import runpy
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    from tests.database_roles import as_installed

    name = sys.argv.pop(1)
    with as_installed():
        runpy.run_module(f"bench.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
