"""Deeds on frameworks: save, translate, version them, edit a draft, set the rules."""

from manypaths.frameworks.services.drafts import edit_competency, retire_competency
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
    "edit_competency",
    "name_levels",
    "publish_framework",
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
