"""*My page*, notifications that something waits, and the guide.

Its nouns: a box of *My page* (`boxes`), a line with a number (`figures`), a section of the guide (`guide`).

A change begins in `my_page` (what a role's page shows), `notifications` (which e-mails are sent), or `guide`.
"""
