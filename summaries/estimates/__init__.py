"""The dark figure in the register: its lists, pages and kept estimates. summaries.dark_figure computes."""
