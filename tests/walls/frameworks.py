"""How deeds on frameworks are called."""

from manypaths.frameworks import services
from manypaths.frameworks.draft import FrameworkTranslation
from manypaths.frameworks.models import Competency
from manypaths.frameworks.tests.drafts import competency, framework_of
from manypaths.frameworks.version_changes import changes_in
from tests.stage import LATER
from tests.walls.kinds import Wall

FRAMEWORKS = {
    "frameworks.services.saving.save_framework": Wall(
        lambda by, r: services.save_framework(
            framework_of(competency("A"), identifier="another"), by=by, at=LATER
        ),
        "femi",
        names_records=False,
    ),
    "frameworks.services.versions.start_version": Wall(
        lambda by, r: services.start_version(r.framework, version="2", by=by, at=LATER),
        "femi",
    ),
    "frameworks.services.versions.publish_framework": Wall(
        lambda by, r: services.publish_framework(r.framework, by=by, at=LATER), "femi"
    ),
    "frameworks.services.versions.retire_framework": Wall(
        lambda by, r: services.retire_framework(r.framework, by=by, at=LATER), "femi"
    ),
    "frameworks.services.drafts.edit_competency": Wall(
        lambda by, r: services.edit_competency(r.draft_competency, title="New", by=by, at=LATER),
        "femi",
    ),
    "frameworks.services.drafts.add_competency": Wall(
        lambda by, r: services.add_competency(
            r.draft_competency.framework, statement="Can add.", by=by, at=LATER
        ),
        "femi",
    ),
    "frameworks.services.drafts.move_competency": Wall(
        lambda by, r: services.move_competency(
            r.draft_competency, parent=None, place=0, by=by, at=LATER
        ),
        "femi",
    ),
    "frameworks.services.drafts.bring_back_competency": Wall(
        lambda by, r: services.bring_back_competency(r.draft_competency, by=by, at=LATER), "femi"
    ),
    "frameworks.services.drafts.add_prerequisite": Wall(
        lambda by, r: services.add_prerequisite(
            r.draft_competency, _another(_another(r.draft_competency)), by=by, at=LATER
        ),
        "femi",
    ),
    "frameworks.services.drafts.remove_prerequisite": Wall(
        lambda by, r: services.remove_prerequisite(
            r.draft_competency, _another(r.draft_competency), by=by, at=LATER
        ),
        "femi",
    ),
    "frameworks.services.drafts.edit_draft": Wall(
        lambda by, r: services.edit_draft(
            r.draft_competency.framework, title="New", version="3", by=by, at=LATER
        ),
        "femi",
    ),
    "frameworks.services.drafts.drop_draft": Wall(
        lambda by, r: services.drop_draft(r.draft_competency.framework, by=by, at=LATER), "femi"
    ),
    "frameworks.version_changes.changes_in": Wall(
        lambda by, r: changes_in(r.draft_competency.framework, by=by), "femi"
    ),
    "frameworks.services.drafts.retire_competency": Wall(
        lambda by, r: services.retire_competency(r.draft_competency, by=by, at=LATER),
        "femi",
    ),
    "frameworks.services.settings.set_target": Wall(
        lambda by, r: services.set_target(r.framework, level=1, by=by, at=LATER), "femi"
    ),
    "frameworks.services.settings.set_rules": Wall(
        lambda by, r: services.set_rules(r.framework, {"tau": 0.7}, by=by, at=LATER),
        "femi",
    ),
    "frameworks.services.settings.set_words": Wall(
        lambda by, r: services.set_words(
            r.framework, {"en": {"demonstrated": "mastered"}}, by=by, at=LATER
        ),
        "femi",
    ),
    "frameworks.services.settings.name_levels": Wall(
        lambda by, r: services.name_levels(
            r.framework, [("One", ""), ("Two", ""), ("Three", ""), ("Four", "")], by=by, at=LATER
        ),
        "femi",
    ),
    "frameworks.services.settings.set_self_ratings_move": Wall(
        lambda by, r: services.set_self_ratings_move(r.framework, True, by=by, at=LATER),
        "femi",
    ),
    "frameworks.services.translating.translate_framework": Wall(
        lambda by, r: services.translate_framework(
            r.framework, FrameworkTranslation("es", "Fracciones", {}, {}, {}), by=by, at=LATER
        ),
        "femi",
    ),
}


def _another(competency: Competency) -> Competency:
    """Return the competency that comes right after one, or a ghost after a ghost."""
    after = Competency.objects.filter(
        associations_to__origin=competency.pk, associations_to__kind="precedes"
    ).first()
    return after or Competency(pk=competency.pk + 1, framework=competency.framework)
