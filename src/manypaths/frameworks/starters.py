"""Frameworks that come with Manypaths, as files that educators can read and change."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from manypaths.base.errors import Refused
from manypaths.frameworks.draft import FrameworkDraft
from manypaths.frameworks.yaml_form import read_yaml

_ENDING = ".yaml"


def starter_names() -> list[str]:
    """Return the names of the frameworks that come with Manypaths."""
    names = (file.name for file in _folder().iterdir())
    return sorted(name.removesuffix(_ENDING) for name in names if name.endswith(_ENDING))


def read_starter(name: str) -> FrameworkDraft:
    """Return the framework of this name. Raises Refused for a name that is not among them."""
    if name not in starter_names():
        raise Refused(f"There is no starter {name}. There are: {', '.join(starter_names())}.")
    file = f"{name}{_ENDING}"
    return read_yaml(_folder().joinpath(file).read_text("utf-8"), file=file)


def _folder() -> Traversable:
    return files("manypaths.frameworks").joinpath("starters")
