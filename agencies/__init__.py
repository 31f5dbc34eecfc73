"""The network: who takes part, and the code lists that all apps share.

Its nouns: an `Agency`, a `Region` with its counties (dated), and a `Coordinator`, who holds a region or
stands in for another. A `Code` is a value of a list, with its labels in both languages and its days.

A change begins in `reference/` (the shipped rows: codes, counties, agencies), `directory` (who is on duty in
a county), `stand_ins` (deputies), or `account_approvals` (who lets a new account in).
"""
