"""The spreadsheets of the years before, read as people kept them. Pure: no row is stored here.

`vocabulary` what columns and values are called, and what is near · `values` one cell to facts, days and
answers too · `people` who stands in a row · `tables` headings and tables of a sheet · `columns` what each
column is · `rows` a row to persons · `reader` all of it · `redaction` what is left out · `filing` the
register's own import file · `comparison` what explains a total · `balance` the totals beside each other.
"""
