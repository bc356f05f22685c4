"""The deed that gives a framework's texts in another language, beside the wording as it is."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext

from manypaths.base.audit import record_deed
from manypaths.base.errors import Refused
from manypaths.base.translations import Translated, set_translation
from manypaths.frameworks.access import require_right_to_change
from manypaths.frameworks.draft import FrameworkTranslation
from manypaths.frameworks.models import Competency, Framework, Level, Progression
from manypaths.people.access import Actor

_AT_ONCE = 500


@transaction.atomic
def translate_framework(
    framework: Framework, translation: FrameworkTranslation, *, by: Actor, at: datetime
) -> int:
    """Give a framework's texts in a language, and return how many rows that changed.

    A translation belongs to the wording that it was given for: a text that is changed later is
    shown as it was written. Raises Refused for a code that the framework lacks.
    """
    require_right_to_change(by, framework)
    levels = list(Level.objects.filter(scale=framework.scale))
    competencies = list(Competency.objects.filter(framework=framework, retired_at=None))
    _require_known(translation.levels, {level.code for level in levels}, framework)
    named = (*translation.competencies, *translation.progressions)
    _require_known(named, {competency.code for competency in competencies}, framework)
    language = translation.language
    if set_translation(framework, language, {"title": translation.title}):
        framework.save(update_fields=["translations"])
    n_changed = _save(Level, _by_code(levels, translation.levels, language))
    n_changed += _save(Competency, _by_code(competencies, translation.competencies, language))
    n_changed += _save(Progression, _progressions(framework, translation))
    record_deed(
        "translate framework",
        by=by,
        at=at,
        subject=("framework", framework.pk),
        language=language,
        count=n_changed,
    )
    return n_changed


def _by_code(
    rows: Iterable[Level] | Iterable[Competency],
    texts: Mapping[str, Mapping[str, str]],
    language: str,
) -> list[Translated]:
    return [row for row in rows if set_translation(row, language, texts.get(row.code, {}))]


def _progressions(framework: Framework, translation: FrameworkTranslation) -> list[Translated]:
    rows = Progression.objects.filter(competency__framework=framework).select_related(
        "competency", "level"
    )
    texts = translation.progressions
    return [
        row
        for row in rows
        if (text := texts.get(row.competency.code, {}).get(row.level.code))
        and set_translation(row, translation.language, {"text": text})
    ]


def _save(model: type[models.Model], rows: list[Translated]) -> int:
    model._default_manager.bulk_update(rows, ["translations"], _AT_ONCE)
    return len(rows)


def _require_known(codes: Iterable[str], known: set[str], framework: Framework) -> None:
    missing = sorted(set(codes) - known)
    if missing:
        raise Refused(
            gettext("{framework} has no {names} to translate.").format(
                framework=framework.title, names=", ".join(missing[:10])
            )
        )
