"""Pure engines of statistics: no Django, no clock, no settings. Each has its own README and tests."""
