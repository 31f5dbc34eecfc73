"""What everybody may read of the published years: pages, files and open data."""
