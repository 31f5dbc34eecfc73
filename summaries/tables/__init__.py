"""The few coarse tables of a year that may be published, protected with all that was published before."""
