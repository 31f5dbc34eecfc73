"""Calls, cases and persons as files. Notes and references are never in them."""
