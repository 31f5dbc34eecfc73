"""A year from its draft to its published and revised versions, and what leaves the register beside them."""
