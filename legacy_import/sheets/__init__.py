"""The spreadsheets of the years before, read as people kept them. Pure: no row is stored here.

`words` what columns and values are called · `vocabulary` the lists of the register, and what is near ·
`dates`, `people`, `values` one cell to facts · `finding` the tables of a sheet · `columns` what each is ·
`mapping` what is answered, kept for the next file · `rows` a row to persons · `reading` all of it ·
`filing` the register's own import file · `reconciling` what explains a total.
"""
