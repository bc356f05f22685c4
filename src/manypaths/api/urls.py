"""Addresses of the API. One that there is not answers as a record that is not there."""

from django.urls import URLPattern, path, re_path
from django.urls.resolvers import RoutePattern

from manypaths.api.app import answered, api, openapi
from manypaths.api.problems import not_found

app_name = "api"


# What ninja answers at the root is no call.
_NO_CALL = "api-root"


def _answered(pattern: URLPattern) -> URLPattern:
    assert isinstance(pattern.pattern, RoutePattern)  # ninja makes no others
    return path(str(pattern.pattern), answered(pattern.callback), name=pattern.name)


urlpatterns = [
    *(
        _answered(one)
        for one in api.urls[0]
        if isinstance(one, URLPattern) and one.name != _NO_CALL
    ),
    path("openapi.json", answered(openapi), name="document"),
    re_path(r"^(?P<rest>.*)$", answered(not_found)),
]
