"""Whose register it is, for templates: built in, so no template loads it."""

from __future__ import annotations

from django.conf import settings
from django.template import Library

from accounts import owner

register = Library()


@register.simple_tag
def organisation(language: str = "") -> str:
    return owner.organisation(language)


@register.simple_tag
def organisation_address() -> str:
    return settings.ORGANISATION_ADDRESS


@register.simple_tag
def manual_address() -> str:
    return settings.MANUAL_ADDRESS


@register.simple_tag
def support_line() -> str:
    return owner.support_line()


@register.simple_tag
def support_line_link() -> str:
    return owner.support_line_link()
