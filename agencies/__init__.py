"""The network: who takes part, and the code lists that all apps share.

Its nouns: an `Agency`, a `Region` with its counties (dated), and a `Coordinator`, who holds a region or
stands in for another. `Code` rows are the values of every list, with labels in both languages and the days on
which they are valid.

A change begins in `reference/` (the shipped rows: codes, counties, agencies), `directory` (who is on duty in
a county), `stand_ins` (deputies), or `account_approvals` (who lets a new account in). The pages are in
`views`, lists in `admin/`.
"""
