"""Tables in and out as files, for the admin's import and export: reading, writing, and what waits in between."""
