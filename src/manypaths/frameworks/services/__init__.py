"""Deeds on frameworks: save, translate, version them, edit a draft, set the rules."""

from manypaths.frameworks.services.drafts import (
    add_competency,
    add_prerequisite,
    bring_back_competency,
    drop_draft,
    edit_competency,
    edit_draft,
    move_competency,
    remove_prerequisite,
    retire_competency,
)
from manypaths.frameworks.services.saving import SavedFramework, save_framework
from manypaths.frameworks.services.settings import (
    name_levels,
    set_rules,
    set_self_ratings_move,
    set_target,
    set_words,
)
from manypaths.frameworks.services.translating import translate_framework
from manypaths.frameworks.services.versions import (
    publish_framework,
    retire_framework,
    start_version,
)

__all__ = [
    "SavedFramework",
    "add_competency",
    "add_prerequisite",
    "bring_back_competency",
    "drop_draft",
    "edit_competency",
    "edit_draft",
    "move_competency",
    "name_levels",
    "publish_framework",
    "remove_prerequisite",
    "retire_competency",
    "retire_framework",
    "save_framework",
    "set_rules",
    "set_self_ratings_move",
    "set_target",
    "set_words",
    "start_version",
    "translate_framework",
]
