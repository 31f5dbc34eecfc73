"""Disposal carried out: what is proposed, what hangs on it, and how it goes."""
