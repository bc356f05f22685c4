"""Addresses of pages in templates."""

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()


@register.simple_tag
def link_if(route: str, *args: object) -> str:
    """Return the address of a route, or nothing where this installation has no such page."""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""
