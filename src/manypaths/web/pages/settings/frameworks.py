"""How one framework speaks of learners: thresholds, looked at before they hold, words, levels."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.estimates.rule_effects import RuleEffects, effects_of_rules
from manypaths.frameworks import services
from manypaths.frameworks.access import framework_for, require_right_to_change
from manypaths.frameworks.models import Framework
from manypaths.frameworks.queries import levels_of
from manypaths.frameworks.rules import StatusRules
from manypaths.web.pages.settings.forms import LevelsForm, ThresholdsForm, WordsForm
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in


@require_safe
@signed_in
@shows_nobody
def one(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Show how a framework speaks."""
    return _page(request, _framework(request, framework_id))


@require_POST
@signed_in
def thresholds(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Say what thresholds would change for whom; save them on a second word."""
    framework = _framework(request, framework_id)
    form = ThresholdsForm(request.POST)
    if not form.is_valid():
        return _page(request, framework, thresholds_form=form)
    rules = form.rules(framework.rules)
    try:
        if "save" in request.POST:
            services.set_rules(framework, rules, by=request.user, at=now())
            return _saved(request, framework)
        effects = effects_of_rules(framework, rules, by=request.user, at=now())
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _page(request, framework, thresholds_form=form)
    return _page(request, framework, thresholds_form=form, effects=effects)


@require_POST
@signed_in
def words(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Keep the school's words for statuses."""
    framework = _framework(request, framework_id)
    form = WordsForm(request.POST, words=framework.words)
    if form.is_valid():
        try:
            services.set_words(framework, form.words, by=request.user, at=now())
            return _saved(request, framework)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return _page(request, framework, words_form=form)


@require_POST
@signed_in
def levels(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Keep what levels are called and mean."""
    framework = _framework(request, framework_id)
    form = LevelsForm(request.POST, levels=levels_of(framework))
    if form.is_valid():
        try:
            services.name_levels(framework, form.names, by=request.user, at=now())
            return _saved(request, framework)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return _page(request, framework, levels_form=form)


@require_POST
@signed_in
def self_ratings(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Say whether ratings of oneself move what is believed."""
    framework = _framework(request, framework_id)
    value = "move" in request.POST
    services.set_self_ratings_move(framework, value, by=request.user, at=now())
    return _saved(request, framework)


def _framework(request: PageRequest, framework_id: UUID) -> Framework:
    framework = framework_for(request.user, framework_id)
    require_right_to_change(request.user, framework)
    return framework


def _saved(request: PageRequest, framework: Framework) -> HttpResponse:
    tell(request, _("Saved."))
    return redirect_page(request, "settings:framework", framework.public_id)


def _page(
    request: PageRequest,
    framework: Framework,
    *,
    thresholds_form: ThresholdsForm | None = None,
    words_form: WordsForm | None = None,
    levels_form: LevelsForm | None = None,
    effects: RuleEffects | None = None,
) -> HttpResponse:
    shown = ThresholdsForm.values_of(StatusRules.of(framework.rules))
    context = {
        "framework": framework,
        "thresholds_form": thresholds_form or ThresholdsForm(initial=shown),
        "words_form": words_form or WordsForm(words=framework.words),
        "levels_form": levels_form or LevelsForm(levels=levels_of(framework)),
        "effects": effects,
    }
    return render_page(request, "settings/framework.html", context)
