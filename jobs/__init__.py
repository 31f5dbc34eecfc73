"""Long work outside the request, and its worker.

Its nouns: a `Job`, a row with progress and result; its kind (`@job` in `job_kinds.py`); and a `Heartbeat`.

A change begins in `kinds` (what a kind must say), `worker` (how runs are taken, stopped and taken again),
`retry` (which failures pass by themselves), or `alerts` (the e-mail when a timer fails).
"""
