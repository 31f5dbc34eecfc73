"""A spreadsheet of persons becomes rows of the register: read, held against the rules, planned, written.

`importer` what the engine of `exchange` needs · `columns` the header and what a row says · `rows` text to
facts · `codes` what a column takes, looked up once · `stored` what the register has, and who left it ·
`planner` what would change · `plan` the changes as values, and their preview · `writer` the change.
"""
