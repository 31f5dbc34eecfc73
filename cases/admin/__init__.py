"""Calls, cases and persons in the Django admin: row access, rules and actions are those of the pages of
casework."""

from cases.admin import pages

__all__ = ["pages"]
