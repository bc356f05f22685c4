"""Django's tag `url`, with addresses that are looked up once a process."""

from django import template
from django.template import Context
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as read_tag
from django.utils.html import conditional_escape

from manypaths.web.addresses import address

register = template.Library()


class _Link(URLNode):
    def render(self, context: Context) -> str:
        if self.kwargs or self.asvar:
            return super().render(context)
        args = [argument.resolve(context) for argument in self.args]
        return conditional_escape(address(self.view_name.resolve(context), *args))


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """Show the address of a route, as Django's tag of this name does."""
    read = read_tag(parser, token)
    return _Link(read.view_name, read.args, read.kwargs, read.asvar)
