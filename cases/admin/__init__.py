"""Calls, cases and persons in the Django admin: the same door, rules and actions as the pages of casework."""

from cases.admin import pages

__all__ = ["pages"]
