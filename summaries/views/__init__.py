"""The pages of the yearly summary."""
