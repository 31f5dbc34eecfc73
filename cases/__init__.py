"""Casework: calls, cases and persons, and what is done with them.

Its nouns: a `Call` on the support line, a `Case` with one or many persons, and a `Person`, who is counted
once and belongs to a responsible region. A person's parts are identifications, exploitations and measures.

A change begins in `facts` (of a person), `rules/` (pure checks), `forms/` and `views/` (a page), `actions/`
(each write, as a verb), `scope` and `querysets` (who sees which rows), `inbox/` (what waits for somebody),
`importing/` (files in), `duplicates/` (likely the same person), or `scanner/` (what identifies).
"""
