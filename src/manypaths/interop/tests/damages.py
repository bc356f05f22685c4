"""Documents with parts dropped, replaced or put in each other's place."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["isChildOf", "manypaths", "\0", "\ud800", "x" * 600, 2**40, -0.0]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["identifier", "manypaths", "extensions", "x"]), inner)
    ),
    max_leaves=5,
)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if not isinstance(value, dict | list):
        return
    for step, part in dict(enumerate(value) if isinstance(value, list) else value).items():
        yield (*path, step)
        yield from paths(part, (*path, step))


@st.composite
def damaged(draw: st.DrawFn, package: Any) -> Any:
    """Draw a package with up to three parts dropped, replaced or put in each other's place."""
    package = copy.deepcopy(package)
    for _ in range(draw(st.integers(1, 3))):
        everywhere = list(paths(package))
        path = draw(st.sampled_from(everywhere))
        part = package
        for step in path[:-1]:
            part = part[step]
        match draw(st.sampled_from(["drop", "replace", "wrap", "text", "swap", "add"])):
            case "drop":
                del part[path[-1]]
            case "replace":
                part[path[-1]] = draw(JUNK)
            case "wrap":
                part[path[-1]] = [part[path[-1]]]
            case "text":
                part[path[-1]] = str(part[path[-1]])
            case "swap":
                other = package
                for step in draw(st.sampled_from(everywhere)):
                    other = other[step]
                part[path[-1]] = copy.deepcopy(other)
            case "add" if isinstance(part[path[-1]], dict):
                part[path[-1]][draw(st.text(st.characters(), max_size=4))] = draw(JUNK)
    return package
