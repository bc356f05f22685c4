"""Answers of views: a page or its part, another address, a word on the next page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],  # Any: whatever the template shows
    *,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the whole page, or for an htmx request only its named part."""
    name = f"{template}#{part}" if part and asks_for_part(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Boosted"])
    return response


def redirect_page(request: HttpRequest, to: str, *args: object, **kwargs: object) -> HttpResponse:
    """Lead to another page by its route's name, or by an address of ours."""
    address = resolve_url(to, *args, **kwargs)
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def tell(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Say a sentence on the next page; `undo` is an address that takes the deed back by a POST."""
    messages.info(request, text, extra_tags=undo)


def is_htmx(request: HttpRequest) -> bool:
    """Say whether htmx asks."""
    return request.headers.get("HX-Request") == "true"


def asks_for_part(request: HttpRequest) -> bool:
    """Say whether an htmx request wants a part: not a whole page, and not one out of history."""
    headers = request.headers
    return (
        is_htmx(request)
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )
