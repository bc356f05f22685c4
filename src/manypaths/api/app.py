"""All calls under /api/v1/, what they answer when something is wrong, and their document."""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.translation import override
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from manypaths.api import evidence, frameworks, learners, roster, webhooks
from manypaths.api.problems import CONTENT_TYPE, Problem, nothing_here
from manypaths.api.reading import StrictParser
from manypaths.base.errors import Fault, ManypathsError, NotFound, will_pass
from manypaths.integrations.services import Conflict

log = logging.getLogger(__name__)

_ABOUT = """What learners have mastered, for programs that work with a school.

Every call shows the token of an integration: `Authorization: Bearer manypaths_…`. A token sees the
people of its organization, as far as its scopes reach. Reads of a learner's record are written in
the access log, which the learner and their family can see.

What goes wrong is answered in one shape, with a fault for each thing that is wrong. A record that
is not there and one that is not yours answer alike.
"""


class Api(NinjaAPI):
    """The calls, with a document that says how errors look."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:  # Any: as ninja's
        """Return the document; errors are of the kind that they are sent as."""
        document = super().get_openapi_schema(*args, **kwargs)
        for path in document["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    content = answer.get("content", {})
                    if int(status) >= 400 and "application/json" in content:
                        content[CONTENT_TYPE] = content.pop("application/json")
        return document


api = Api(
    title="Manypaths",
    version="1",
    description=_ABOUT,
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    parser=StrictParser(),
)
api.add_router("", frameworks.router)
api.add_router("", roster.router)
api.add_router("", learners.router)
api.add_router("", evidence.router)
api.add_router("", webhooks.router)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return error.answer()


@api.exception_handler(ManypathsError)
def _refusal(request: HttpRequest, error: ManypathsError) -> HttpResponse:
    if isinstance(error, NotFound):
        return nothing_here().answer()
    status = 409 if isinstance(error, Conflict) else 422
    return Problem(status, error.message, error.faults).answer()


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    said = "Send the header Authorization: Bearer, with a token that is not over."
    return Problem(401, said, headers={"WWW-Authenticate": "Bearer"}).answer()


@api.exception_handler(ValidationError)
def _wrong_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [_fault(one) for one in error.errors]
    return Problem(422, "Some of what was sent is not as the call wants it.", faults).answer()


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, Problem):
        return error.__cause__.answer()  # ninja wraps what a parser raises
    return Problem(error.status_code, str(error)).answer()


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return Problem(413, "A body has at most 1,000,000 bytes. Send several.").answer()


@api.exception_handler(SuspiciousOperation)
def _suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    return Problem(400, "The request makes no sense.").answer()


@api.exception_handler(Exception)
def _our_fault(request: HttpRequest, error: Exception) -> HttpResponse:
    if will_pass(error):
        return Problem(503, "Try again in half a minute.", headers={"Retry-After": "30"}).answer()
    log.error("call broke", exc_info=error)
    return Problem(500, "It is noted. Nothing was changed.").answer()


def _fault(error: dict[str, Any]) -> Fault:  # Any: pydantic's own errors
    """Return one thing that pydantic found, with its row where it stands in one."""
    place = [step for step in error["loc"] if step not in ("body", "query", "path", "payload")]
    row = next((step + 1 for step in place if isinstance(step, int)), None)
    names = [str(step)[:100] for step in place if not isinstance(step, int) and step != "rows"]
    return Fault("", row, ".".join(names) or None, None, error["msg"])


def document() -> dict[str, Any]:  # Any: JSON
    """Return the document of all calls, as it is served at /api/v1/openapi.json."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    return found


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Give the document to whoever asks: it is about nobody."""
    return JsonResponse(document())


def answered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a call speak English, and answer a wrong method in the shape of all errors."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        with override("en"):
            response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        allowed = response["Allow"]
        said = f"This address takes {allowed}."
        return Problem(405, said, headers={"Allow": allowed}).answer()

    answer.csrf_exempt = True  # type: ignore[attr-defined]  # a token comes with no cookie
    answer.is_for_programs = True  # type: ignore[attr-defined]  # a mark for the sweeps
    return answer
