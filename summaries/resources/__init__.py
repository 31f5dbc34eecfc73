"""Figures that are not rows of the register, as files."""
