"""A year lived in the installed register, by people who know addresses and labels alone."""
