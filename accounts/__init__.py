"""Users and sign-ins: who somebody is, and what they may do.

Its nouns: a `User` with one role and often a region (`models`), the rights of a role (`May` and `MAY` in
`roles`), and an approval, which is an act that a second person must agree to (`approvals`).

A change begins in `roles` (a right or a role), `sign_in` and `entry` (how somebody gets in), `sessions` (how
long they stay), `access` and `row_level_security` (what they see, and PostgreSQL shows them), or `eid`.
"""
