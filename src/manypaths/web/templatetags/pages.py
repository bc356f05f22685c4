"""Addresses of pages in templates."""

from django import template
from django.urls import NoReverseMatch

from manypaths.web.addresses import address

register = template.Library()


@register.simple_tag
def link_if(route: str, *args: object) -> str:
    """Return the address of a route, or nothing where this installation has no such page."""
    try:
        return address(route, *args)
    except NoReverseMatch:
        return ""
