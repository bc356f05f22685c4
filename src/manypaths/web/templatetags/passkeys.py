"""What the script of passkeys reads from a page."""

import json

from django import template
from django.core.serializers.json import DjangoJSONEncoder

register = template.Library()


@register.filter
def as_json(value: object) -> str:
    """Return a value as JSON, for an attribute, where it is escaped like any text."""
    return json.dumps(value, cls=DjangoJSONEncoder)
