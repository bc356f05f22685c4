"""All that a district owns, as one package: asked for, waited for, fetched."""

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.people.access_log import Purpose
from manypaths.records.access import require_records_office
from manypaths.records.exports import district_export_for, file_of, start_district_export
from manypaths.web.pages.records.whole import package_response
from manypaths.web.proving import proof_before, require_proof
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import record_view, shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@require_POST
@signed_in
def start(request: PageRequest) -> HttpResponse:
    """Have the package written beside the pages."""
    require_records_office(request.user)
    require_proof(request)
    try:
        export = start_district_export(by=request.user, at=now())
    except Refused as refusal:
        tell(request, refusal.message)
        return redirect_page(request, "records:office")
    return redirect_page(request, "records:exported", export.public_id)


@require_safe
@signed_in
@shows_nobody
def one(request: PageRequest, export_id: UUID) -> HttpResponse:
    """Say how far it is; when it is there, lead to it."""
    export = district_export_for(export_id, by=request.user)
    return render_page(request, "records/export.html", {"export": export}, part="progress")


@require_safe
@signed_in
def file(request: PageRequest, export_id: UUID) -> HttpResponse:
    """Hand the package out: the look at everybody is written down as one."""
    path = file_of(district_export_for(export_id, by=request.user))
    if (proof := proof_before(request, "records:exported", export_id)) is not None:
        return proof
    record_view(request, request.visitor.district, Purpose.EXPORT)
    name = _("district") + f"-{path.stem[:8]}.zip"
    return package_response(FileResponse(path.open("rb"), as_attachment=True, filename=name))
