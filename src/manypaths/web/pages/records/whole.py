"""The whole record of a person: what is in it, and the package to take along."""

from tempfile import TemporaryFile
from typing import cast
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.people.access import person_for
from manypaths.people.access_log import Purpose
from manypaths.people.models import Person
from manypaths.records.access import require_whole_record
from manypaths.records.whole.counting import counted
from manypaths.records.whole.writing import export_record
from manypaths.web.proving import proof_before
from manypaths.web.rendering import render_page
from manypaths.web.viewing import record_view
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
def of(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Show what is on record of a person, kind by kind."""
    person = person_for(request.user, person_id)
    counts = counted(person, by=request.user)
    record_view(request, person)
    context = {
        "person": person,
        "counts": counts,
        "n_rows": sum(count.n_rows for count in counts),
        "is_own": person.pk == request.visitor.person.pk,
    }
    return render_page(request, "records/whole.html", context)


@require_POST
@signed_in
def take_along(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Give out the whole record as a package; the learner's own page says that it left."""
    person = person_for(request.user, person_id)
    require_whole_record(request.user, person)
    if (proof := proof_before(request, "records:whole", person.public_id)) is not None:
        return proof
    content = TemporaryFile()  # noqa: SIM115  # closed with the answer
    try:
        export_record(person, content, by=request.user, at=now())
        record_view(request, person, Purpose.EXPORT)
    except BaseException:
        content.close()
        raise
    content.seek(0)
    return package_response(FileResponse(content, as_attachment=True, filename=_name(person)))


def package_response(response: FileResponse) -> HttpResponse:
    """Return an answer with a package as one to save, and to keep nowhere on the way."""
    response["Content-Type"] = "application/zip"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return cast("HttpResponse", response)


def _name(person: Person) -> str:
    return f"{slugify(person.name)[:60] or 'record'}.zip"
