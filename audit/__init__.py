"""The audit log: an append-only record of who read, changed, exported, published or was refused.

Its nouns: an `Event`; the chain, in which the signature of each event covers the one before; and a `Segment`,
which is a closed year with its signed head. It imports no other app: a row is named by its kind and number.

A change begins in `writer.record`, the only way in. `guard` keeps the table append-only, `verify` proves the
chain, `outside` keeps the newest signature elsewhere, and `segments` closes a year and disposes of one.
"""
