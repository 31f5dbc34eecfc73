"""The lists of the network in the Django admin: agencies, places, coordinators, users, codes."""

from agencies.admin import agency, codes, coordinator, places, user

__all__ = ["agency", "codes", "coordinator", "places", "user"]
