"""How deeds on frameworks are called."""

from manypaths.frameworks import services
from manypaths.frameworks.draft import FrameworkTranslation
from manypaths.frameworks.tests.drafts import competency, framework_of
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
