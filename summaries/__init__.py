"""The yearly summary: what is counted, what is protected, and what is published.

Its nouns: a table of the catalogue with its classifications; a package of tables, protected together; and a
version, which is what was published at a moment and never changes.

A change begins in `catalogue` (a table), `counting/` (a count), `tables/` (protection, steps, revision),
`release/` (from draft to version, by two persons), `site/` (public pages and open data), `text/`, `charts/`,
or `estimates/` (the dark figure).
"""
