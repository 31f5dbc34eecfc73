"""The PostgreSQL backend of the register: Django's own, with fewer indexes."""
