"""What is encrypted at rest, and with which key.

Its nouns: a secret field (`SecretTextField`, `SecretFileField` in `fields`), which encrypts one value of one
row; a token, which is the encrypted text; and the keys, newest first, which `tokens` reads from the settings.

A change begins in `fields` for what a column does, and in `tokens` for how a value is encrypted.
"""
