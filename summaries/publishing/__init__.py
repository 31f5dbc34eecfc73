"""Publication of a year: few coarse tables, protected with all that was published before, frozen and
served."""
