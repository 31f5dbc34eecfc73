"""Long work outside the request, and its worker.

Its nouns: a `Job`, which is a row with progress and result; its kind, registered with `@job` in an app's
`job_kinds.py`; and the `Heartbeat` of the worker.

A change begins in `kinds` (what a kind must say), `worker` (how runs are taken, stopped and taken again),
`retry` (which failures pass by themselves), or `alerts` (the e-mail when a timer fails).
"""
