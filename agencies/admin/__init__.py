"""The lists of the network in the Django admin: agencies, places, coordinators, users, codes."""

from agencies.admin import network, user

__all__ = ["network", "user"]
