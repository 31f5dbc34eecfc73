"""Figures for people: each module prints what it measures. None runs in the test suite."""
