"""Rows of the register as files: exactly the list one sees, with a manifest beside."""
