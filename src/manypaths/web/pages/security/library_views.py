"""Views of the library for signing in, behind the door of all our pages."""

from collections.abc import Callable

from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse
from django.views.decorators.cache import never_cache

from manypaths.web.sessions import without_second_factor
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in

View = Callable[..., HttpResponse]


def own(view: View) -> Callable[..., HttpResponse]:
    """Show a view of the library to signed-in people, about themselves alone."""

    @never_cache
    @signed_in
    @without_second_factor
    @shows_nobody
    def shown(request: PageRequest, /, **kwargs: object) -> HttpResponse:
        response = view(request, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.render()  # here, in the scope of the district
        return response

    return shown
