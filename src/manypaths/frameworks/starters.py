"""Frameworks that come with Manypaths, as files that educators can read and change.

A folder beside them, named by a language, holds their translations: the title of the framework,
`levels` by code, `areas`, `competencies` (title, statement, and progression by level, counted
from django.utils.translation import gettext
from 1) and `indicators` by code.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml
from django.utils.translation import gettext

from manypaths.base.errors import Refused
from manypaths.frameworks.draft import FrameworkDraft, FrameworkTranslation
from manypaths.frameworks.yaml_form import read_yaml

_ENDING = ".yaml"


def starter_names() -> list[str]:
    """Return the names of the frameworks that come with Manypaths."""
    names = (file.name for file in _folder().iterdir())
    return sorted(name.removesuffix(_ENDING) for name in names if name.endswith(_ENDING))


def read_starter(name: str) -> FrameworkDraft:
    """Return the framework of this name. Raises Refused for a name that is not among them."""
    if name not in starter_names():
        raise Refused(
            gettext("There is no starter {name}. There are: {names}.").format(
                name=name, names=", ".join(starter_names())
            )
        )
    file = f"{name}{_ENDING}"
    return read_yaml(_folder().joinpath(file).read_text("utf-8"), file=file)


def starter_languages() -> list[str]:
    """Return the languages into which the frameworks are translated, beside their own."""
    return sorted(folder.name for folder in _folder().iterdir() if folder.is_dir())


def read_starter_translation(name: str, language: str) -> FrameworkTranslation:
    """Return the texts of a starter framework in one of `starter_languages`."""
    file = _folder().joinpath(language, f"{name}{_ENDING}")
    content = yaml.safe_load(file.read_text("utf-8"))
    codes = list(content["levels"])
    competencies = content["competencies"]
    return FrameworkTranslation(
        language=language,
        title=content["title"],
        levels=content["levels"],
        competencies={
            **content["areas"],
            **{code: _without_progression(texts) for code, texts in competencies.items()},
            **{code: {"statement": text} for code, text in content["indicators"].items()},
        },
        progressions={
            code: {codes[level - 1]: text for level, text in texts["progression"].items()}
            for code, texts in competencies.items()
        },
    )


def _without_progression(texts: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if name != "progression"}


def _folder() -> Traversable:
    return files("manypaths.frameworks").joinpath("starters")
