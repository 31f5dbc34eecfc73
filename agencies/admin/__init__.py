"""The lists of the network in the Django admin: agencies, places, coordinators, users, codes."""

from agencies.admin import network, user
from agencies.admin import network as codes

__all__ = ["codes", "network", "user"]
