"""Files in and out of every list: upload, preview, import, undo and export.

Its nouns: an `Importer`, which says what a list takes; an `ImportRun` with the rows that wait to be
confirmed; and the journal, which an undo follows. A file is read in a sandbox (`sandbox`).

A change begins in `importer` (the interface), `resources` and `lists` (admin), `runs`, `xlsx`, `ods` and
`reader` (formats), `writer`, or `downloads`.
"""
