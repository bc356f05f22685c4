"""A form that is sent twice does its deed once: a double click, or a reply that got lost.

Each page gives its forms a token of their own. The same token at the same address with the same
words is the same sending, and is led to where the first one was led.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Concatenate, ParamSpec, cast

from django.db import transaction
from django.http import HttpResponse

from manypaths.accounts.models import SentForm
from manypaths.base.clock import now
from manypaths.web.rendering import redirect_page
from manypaths.web.visits import PageRequest

Arguments = ParamSpec("Arguments")
Page = Callable[Concatenate[PageRequest, Arguments], HttpResponse]
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105  # a field's name


def once(view: Page[Arguments]) -> Page[Arguments]:
    """Let a form do what it does one time, all of it or nothing."""

    @wraps(view)
    def sent(
        request: PageRequest, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        if request.method != "POST" or request.FILES or _TOKEN not in request.POST:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            known, is_new = SentForm.objects.get_or_create(
                user=request.user, digest=_digest(request), defaults={"sent_at": now()}
            )
            if not is_new:
                return redirect_page(request, known.address)
            response = view(request, *args, **kwargs)
            known.address = response.get("Location") or response.get("HX-Redirect", "")
            # A page that asks again has done nothing.
            if known.address:
                known.save(update_fields=["address"])
            else:
                known.delete()
        return response

    return cast("Page[Arguments]", sent)


def _digest(request: PageRequest) -> str:
    said = [request.get_full_path()]
    for name, values in sorted(request.POST.lists()):
        said += [name, *values]
    return sha256("\0".join(said).encode()).hexdigest()
