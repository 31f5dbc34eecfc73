"""Spreadsheets of earlier years: read, asked about, compared, imported and undone.

Its nouns: a workbook with its sheets, a question about what a sheet does not say, and a difference between
the rows of a year and what was published for it. The app has an end: README.md says which.

A change begins in `sheets/` (pure: from cells to persons), `workbooks` (the acts), `requests` (the second
person), `spreadsheets` (years compared with what was published), or the two modules of views.
"""
