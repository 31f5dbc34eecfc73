"""Two records that may be one person: which pairs are compared, how alike they are, how they are shown."""
