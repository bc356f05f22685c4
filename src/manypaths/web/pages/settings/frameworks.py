"""How one framework speaks of learners: thresholds, looked at before they hold, words, levels."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manypaths.base.clock import now
from manypaths.base.errors import Refused
from manypaths.estimates.queries import estimated_competencies
from manypaths.estimates.rule_effects import (
    RuleEffects,
    effects_of_rules,
    effects_of_self_ratings,
    rules_told,
)
from manypaths.estimates.services import let_self_ratings_move
from manypaths.frameworks import services
from manypaths.frameworks.access import framework_for, require_right_to_change
from manypaths.frameworks.models import Framework
from manypaths.frameworks.queries import levels_of, tree
from manypaths.frameworks.rules import StatusRules
from manypaths.plans.default_windows import default_window_of, set_default_window
from manypaths.web.pages.path.areas import Area, areas_of
from manypaths.web.pages.settings.forms import LevelsForm, ThresholdsForm, WordsForm
from manypaths.web.rendering import redirect_page, render_page, tell
from manypaths.web.viewing import shows_nobody
from manypaths.web.visits import PageRequest, signed_in

# More rows in one page are hopeless to read.
_MOST_AT_ONCE = 60


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
    return _page(request, framework, thresholds_form=form, effects=effects, rules=rules)


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
    """Say what it would change if own ratings moved estimates or not; save on a second word."""
    framework = _framework(request, framework_id)
    value = "move" in request.POST
    if "save" in request.POST:
        let_self_ratings_move(framework, value, by=request.user, at=now())
        return _saved(request, framework)
    effects = effects_of_self_ratings(framework, value, by=request.user, at=now())
    return _page(request, framework, own_effects=effects, own_move=value)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@shows_nobody
def window(request: PageRequest, framework_id: UUID) -> HttpResponse:
    """Set what classes work on that have no window of their own."""
    framework = _framework(request, framework_id)
    competencies = estimated_competencies(framework)
    areas = areas_of(tree(framework), competencies)
    shown = _areas_shown(areas, request.GET.get("area", ""))
    window = default_window_of(framework, by=request.user)
    if request.method == "POST":
        ticked = set(request.POST.getlist("competency"))
        here = {c.pk for area in shown for c in area.competencies}
        kept = {c.pk for c in competencies if c.lineage_id in window.lineages} - here
        chosen = [c for c in competencies if c.pk in kept or str(c.public_id) in ticked]
        set_default_window(framework, chosen, by=request.user, at=now())
        return _saved(request, framework)
    context = {"framework": framework, "areas": areas, "shown": shown, "window": window}
    return render_page(request, "settings/window.html", context)


def _areas_shown(areas: Sequence[Area], asked: str) -> Sequence[Area]:
    """Return the areas that a page has room for: all, or of a large framework the one asked for."""
    if sum(len(area.competencies) for area in areas) <= _MOST_AT_ONCE:
        return areas
    numbers = [str(number) for number in range(1, len(areas) + 1)]
    first = numbers.index(asked) if asked in numbers else 0
    return areas[first : first + 1]


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
    rules: dict[str, Any] | None = None,  # Any: as a framework keeps them
    own_effects: RuleEffects | None = None,
    own_move: bool | None = None,
) -> HttpResponse:
    shown = ThresholdsForm.values_of(StatusRules.of(framework.rules))
    context = {
        "framework": framework,
        "thresholds_form": thresholds_form or ThresholdsForm(initial=shown),
        "words_form": words_form or WordsForm(words=framework.words),
        "levels_form": levels_form or LevelsForm(levels=levels_of(framework)),
        "effects": effects,
        "rules_told": rules_told(
            framework, framework.rules if rules is None else rules, by=request.user
        ),
        "own_effects": own_effects,
        "own_move": framework.self_ratings_move if own_move is None else own_move,
    }
    return render_page(request, "settings/framework.html", context)
