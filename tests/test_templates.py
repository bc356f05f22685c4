"""No template and no name can bring a script, a style or an element that we did not write."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.loader import get_template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.append_only import clearing_logs
from manypaths.base.models import ViewEntry
from manypaths.people.models import Group, Organization, Person
from manypaths.people.tests.cast import Cast
from manypaths.web.tests.clients import client_of
from tests.addresses import Route, routes
from tests.stage import Stage, make_stage
from tests.walls.routes import FILLS

SOURCES = Path(__file__).parents[1] / "src" / "manypaths"
TEMPLATES = sorted(SOURCES.rglob("templates/**/*.html"))
FORBIDDEN = {
    "a style of its own": r"\sstyle\s*=",
    "a style sheet of its own": r"<style\b",
    "a deed in an attribute": r"\son\w+\s*=",
    "a script of its own": r"<script(?![^>]*\ssrc=)[^>]*>",
    "htmx's way around": r"\shx-on\b|\sdata-hx-on\b|['\"]js:|hx-vars\b",
    "an address that runs": r"javascript:",
    "trust in a text": r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off",
    "another host": r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
}


def name_of(template: Path) -> str:
    return str(template.relative_to(SOURCES))


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) > 10


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_a_template_brings_nothing_that_the_policy_forbids(template: Path) -> None:
    text = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", template.read_text(), flags=re.DOTALL)
    found = []
    for what, pattern in FORBIDDEN.items():
        # What stands in a tag of the template is no HTML, but for what a tag lets through.
        seen = text if "safe" in pattern else re.sub(r"{%.*?%}", "", text)
        if re.search(pattern, seen, re.IGNORECASE):
            found.append(what)
    assert found == []
    get_template(name_of(template).partition("templates/")[2])


def test_one_module_alone_calls_texts_safe() -> None:
    found = [
        name_of(file)
        for file in SOURCES.rglob("*.py")
        if "tests" not in file.parts
        and re.search(r"\bmark_safe\b|\bSafeString\(|__html__", file.read_text())
    ]
    assert set(found) <= {"web/safe.py"}


def test_scripts_are_those_that_we_ship() -> None:
    found = {file.name for file in SOURCES.rglob("static/**/*.js")}
    for template in TEMPLATES:
        for script in re.findall(r"<script[^>]*\ssrc=\"({%.*?%}|[^\"]*)\"", template.read_text()):
            named = re.fullmatch(r"{% static [\"'](?:[\w-]+/)*([\w.-]+)[\"'] %}", script)
            assert named, f"{name_of(template)}: {script}"
            assert named[1] in found


# --- Names that would be more than names


class _Shape(HTMLParser):
    """The elements of a page with the names of their attributes, without any text."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(name for name, _ in attrs)))

    handle_startendtag = handle_starttag


def shape_of(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the elements with their attributes; in no order, as lists are sorted by name."""
    reader = _Shape()
    reader.feed(html)
    return sorted(reader.seen)


VECTORS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</title></textarea></script><b>",
    "<div hx-get=/sign-out/ hx-trigger=load>",
    "{{ settings.SECRET_KEY }}{% debug %}",
    "&lt;b&gt; &#x3c;b&#x3e;",
    "a\u2028b\u202ec\u0000".replace("\u0000", ""),
    "javascript:alert(1)",
    "%(name)s %s {name} {0}",
)
# What a database takes as a name.
names = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    min_size=1,
    max_size=90,
)


def call_everything(stage: Stage, name: str, *, prompt: str | None = None) -> None:
    """Give everything around Ada the same name, and the task this prompt or the name."""
    Person.objects.filter(pk=stage.adas.learner.pk).update(given_name=name, family_name=name)
    Group.objects.filter(pk=stage.adas.group.pk).update(name=name)
    Organization.objects.filter(pk=stage.adas.organization.pk).update(name=name)
    records = stage.adas
    type(records.framework).objects.filter(pk=records.framework.pk).update(title=name)
    type(records.competency).objects.filter(pk=records.competency.pk).update(statement=name)
    records.task.__class__.objects.filter(pk=records.task.pk).update(
        title=name, prompt=name if prompt is None else prompt
    )
    type(records.help_request).objects.filter(pk=records.help_request.pk).update(words=name)


def pages(stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield each page that Ada's teacher or the leader of the school is shown."""
    # Looks are listed on a page of their own, and looking adds to them.
    with clearing_logs():
        ViewEntry.objects.all().delete()
    for person in (stage.cast.ben, stage.cast.dana, stage.cast.ada):
        client = client_of(person)
        for route in _to_be_looked_at():
            address = route.address({n: str(FILLS[n](stage.adas)) for n in route.arguments})
            response = client.get(address)
            if response.status_code == 200 and "html" in response.get("Content-Type", ""):
                yield f"{route.name} by {person.pk}", response.content.decode()


# The first leads on; the others list one's own sessions, of which each look here makes one more.
_GROWING = ("home:start", "mfa_", "security:")


def _to_be_looked_at() -> list[Route]:
    return [
        route
        for route in routes()
        if not route.name.startswith(_GROWING) and all(name in FILLS for name in route.arguments)
    ]


@pytest.fixture
def stage(cast: Cast) -> Stage:
    stage = make_stage(cast)
    # Once, so that all have signed in before the first look: after the stage, which may be one
    # that was remembered of a test where nobody had.
    for person in (stage.cast.ada, stage.cast.ben, stage.cast.dana):
        client_of(person)
    return stage


@pytest.mark.sweep
def test_no_name_becomes_more_than_a_text(stage: Stage) -> None:
    call_everything(stage, "x")
    plain = {where: shape_of(html) for where, html in pages(stage)}
    assert plain
    for vector in VECTORS:
        call_everything(stage, vector)
        for where, html in pages(stage):
            assert shape_of(html) == plain[where], f"{where}, all called {vector!r}"


@pytest.mark.sweep
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=names)
def test_no_name_at_all_becomes_more_than_a_text(stage: Stage, name: str) -> None:
    call_everything(stage, "x")
    plain = {where: shape_of(html) for where, html in pages(stage)}
    # In a prompt these begin lists and paragraphs, or make words strong: no more than that, see
    # the tests of texts.
    call_everything(stage, name, prompt=re.sub(r"[-*_+\d\s]+", "x", name))
    for where, html in pages(stage):
        assert shape_of(html) == plain[where], where
