"""The district's own settings, and the way to those of each framework."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.frameworks.browsing import frameworks_in_use
from manypaths.people.access import require_leadership
from manypaths.people.services import change_district
from manypaths.web.pages.settings.forms import DistrictForm
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
@shows_nobody
def all_settings(request: PageRequest) -> HttpResponse:
    """Show what can be set here."""
    district = request.visitor.district
    require_leadership(request.user, district)
    initial = {"name": district.name, "time_zone": district.time_zone}
    return _page(request, DistrictForm(initial=initial))


@require_POST
@signed_in
def change(request: PageRequest) -> HttpResponse:
    """Give the district another name or zone."""
    form = DistrictForm(request.POST)
    if form.is_valid():
        try:
            change_district(
                request.visitor.district, **form.cleaned_data, by=request.user, at=now()
            )
            tell(request, _("The district is changed."))
            return redirect_page(request, "settings:all")
        except Refused as refusal:
            form.add_error(None, refusal.message)
    require_leadership(request.user, request.visitor.district)
    return _page(request, form)


def _page(request: PageRequest, form: DistrictForm) -> HttpResponse:
    context = {"form": form, "rows": frameworks_in_use(by=request.user)}
    return render_page(request, "settings/all.html", context)
