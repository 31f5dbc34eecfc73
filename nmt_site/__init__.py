"""The site: settings, addresses, the frame of every page, and what operators run.

Its nouns: the frame of a page, an operator's command (`management/commands`), and a back-up with its drill.

A change begins in `settings` and `environment` (what an authority sets), `urls`, `context` (the menu),
`formats` (numbers and days), `checks` and `operations`, or `backup`.
"""
