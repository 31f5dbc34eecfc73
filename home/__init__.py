"""*My page*, notifications that something waits, and the guide.

Its nouns: a box of *My page* (`boxes`), a line with the number that waits (`figures`), and a section of the
guide (`guide`), which is read from `docs/`.

A change begins in `my_page` (what a role's page shows), `notifications` (which e-mails are sent, and when),
or `guide` (what stands beside a form). It counts by the functions of other apps.
"""
