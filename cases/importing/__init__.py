"""A spreadsheet of persons becomes rows of the register: read, held against the rules, planned, written.

`importer` what the engine of `exchange` is told · `columns` the header · `rows` text to facts · `lookups`
what the rules may not look up · `stored` what the register has already · `planning` what would change ·
`applying` the change · `undoing` taking it back.
"""
