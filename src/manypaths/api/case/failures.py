"""What went wrong, in the shape that CASE has for it."""

from collections.abc import Mapping

from django.http import HttpResponse, JsonResponse


class Failure(Exception):
    """Ends a call with a status; `minor` is CASE's word for what happened, `about` names where."""

    def __init__(
        self,
        status: int,
        minor: str,
        description: str,
        *,
        about: str = "sourcedId",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(description)
        self.status, self.minor, self.description = status, minor, description
        self.about, self.headers = about, dict(headers or {})

    def answer(self) -> HttpResponse:
        """Return the answer."""
        field = {
            "imsx_codeMinorFieldName": self.about,
            "imsx_codeMinorFieldValue": self.minor,
        }
        content = {
            "imsx_codeMajor": "failure",
            "imsx_severity": "error",
            "imsx_description": self.description,
            "imsx_codeMinor": {"imsx_codeMinorField": [field]},
        }
        return JsonResponse(content, status=self.status, headers=self.headers)


def unknown_object() -> Failure:
    """Return the answer for what is not there, and for what is not for the caller."""
    return Failure(404, "unknownobject", "There is no such object here.")
