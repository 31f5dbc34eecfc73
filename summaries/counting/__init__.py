"""From the rows of a year to its tables, with full detail: for the inside."""
