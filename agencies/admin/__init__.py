"""The lists of the network in the Django admin: agencies, places, coordinators, users, codes."""

from agencies.admin import codes, network, user

__all__ = ["codes", "network", "user"]
