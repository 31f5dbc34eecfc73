"""Lists of the network as files: one row a line, columns by the names of the fields."""
