"""Hand out files that learners handed in: to be saved, never to run here."""

from django.http import FileResponse

from manypaths.evidence.models import Artifact
from manypaths.evidence.storage import kept_file


def file_response(artifact: Artifact) -> FileResponse:
    """Return the file of a piece of work as one to save, with nothing in it allowed to run."""
    response = FileResponse(
        kept_file(artifact).open("rb"),
        as_attachment=True,
        filename=artifact.file_name,
        content_type=artifact.file_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
