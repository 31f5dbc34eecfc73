"""The pages of the audit log: who may read which events, and in which words.

Its nouns: the filter of the list, the scope (which events a role sees), and the words in which each app
describes its events (`ABOUT`, `DONE` and `HOW` in its `apps.py`).

A change begins in `filter`, `scope` or `words`. `proof` checks the chain by a button.
"""
