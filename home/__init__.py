"""*My page*, notifications that something waits, and the guide.

Its nouns: what *My page* has of a kind (`boxes`), what it has of the figures (`figures`), a section of the
guide (`guide`).

A change begins in `my_page` (what a role's page shows), `notifications` (which e-mails are sent), or `guide`.
"""
