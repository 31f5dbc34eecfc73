"""What leaves the register: disposal, the archive package of a year, and everything at once.

Its nouns: a rule of disposal with its decision, a disposal by two persons, and the archive package.

A change begins in `due` and `ages` (what is due, and when), `disposal` and `delete_plan` (what goes with a
row), `archive` (the package), `export` (everything with its data dictionary), or `reference/processing.csv`
(what each field is for).
"""
