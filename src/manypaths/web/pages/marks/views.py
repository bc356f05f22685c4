"""What the marks mean, for everyone."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from manypaths.estimates.words import how_evidence_counts
from manypaths.web.rendering import render_page
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import signed_in

_STATUSES = (
    ("not started", _("There is no evidence yet. It says nothing of what you know.")),
    ("needs evidence", _("There is some evidence, and too little to be sure.")),
    ("growing", _("There is enough evidence to say: on the way.")),
    ("ready to show", _("It is likely to be there. A person looks next.")),
    ("demonstrated", _("It was shown, and a person signed. It stays.")),
    ("worth a refresh", _("It was shown, and it stays. Some may have faded since.")),
)
_CERTAINTIES = (
    ("", _("Nothing is known here.")),
    ("not sure yet", _("It may still turn out quite different.")),
    ("fairly sure", _("It may be a little higher or lower.")),
    ("sure", _("Another piece will hardly change it.")),
)


@require_GET
@shows_nobody
def all_marks(request: HttpRequest) -> HttpResponse:
    """Show each mark with its word and what it means, to strangers too."""
    return _with_places(request) if request.user.is_authenticated else _page(request)


def _page(request: HttpRequest) -> HttpResponse:
    context = {
        "statuses": _STATUSES,
        "certainties": _CERTAINTIES,
        "counts": how_evidence_counts(),
    }
    return render_page(request, "marks/marks.html", context)


_with_places = signed_in(_page)
