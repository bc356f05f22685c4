"""A whole record leaves with nobody else's name in it, and means the same where it arrives."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.clock import date_of
from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.base.personal import declared_models
from manypaths.base.scope import district_scope
from manypaths.base.signing_key import signer_of
from manypaths.base.spreadsheets import as_csv, safe_cell
from manypaths.estimates.queries import estimates_with_evidence
from manypaths.estimates.services import fit_model, take_in_artifact, take_in_rating
from manypaths.evidence.drafts import RatingDraft
from manypaths.evidence.files import CheckedFile
from manypaths.evidence.models import ArtifactKind, RaterRole, Task
from manypaths.evidence.queries import tasks_showing
from manypaths.evidence.storage import kept_file
from manypaths.frameworks.models import Competency, Framework
from manypaths.interop.tests.damages import damaged
from manypaths.people.access import current
from manypaths.people.models import Part, Person, Role, SourceId
from manypaths.people.tests.cast import OPERATOR, Cast, make_district, user_of
from manypaths.plans.family_notes import write_family_note
from manypaths.records.packages import MANIFEST, SIGNATURE, check_package, new_package
from manypaths.records.whole.kinds import name_of
from manypaths.records.whole.names import OthersNames
from manypaths.records.whole.reading import import_record
from manypaths.records.whole.writing import KIND, export_record
from tests.installed import answer, bare, run
from tests.stage import LATER, Stage, make_stage

pytestmark = pytest.mark.usefixtures("own_home")

NUMBERS = ("mean", "sd", "p_mastered", "success", "low", "high")


@pytest.fixture
def stage(cast: Cast) -> Stage:
    """Give Ada a rating, a file, and a note in which somebody is named, under a fitted model."""
    stage = make_stage(cast)
    ada, ben = cast.ada, user_of(cast.ben)
    for level, number in ((1, 1), (2, 9)):
        draft = RatingDraft(
            ada, stage.adas.competency, level, cast.ben, RaterRole.TEACHER, LATER, note="=1+1"
        )
        take_in_rating(draft, by=ben, at=LATER.replace(minute=number))
    write_family_note(
        ada, "Ben Silva helped, and Cleo Marsh's class too.", by=user_of(cast.eli), at=LATER
    )
    take_in_artifact(
        ada,
        kind=ArtifactKind.FILE,
        title="Photo",
        done_at=LATER,
        by=ben,
        at=LATER,
        file=CheckedFile("half.txt", "text/plain", b"a half"),
    )
    return stage


@pytest.fixture
def package(stage: Stage, tmp_path: Path) -> Path:
    path = tmp_path / "ada.zip"
    export_record(stage.cast.ada, path, by=OPERATOR, at=LATER)
    return path


def numbers_of(person: Person, framework: Framework) -> dict[str, list[float]]:
    found = estimates_with_evidence([person], framework, by=OPERATOR, at=LATER)
    return {
        found.pairs.competencies[int(found.pairs.what[row])].code: [
            *(float(getattr(found.numbers, name)[row]) for name in NUMBERS),
            float(found.status_code[row]),
            float(found.n_pieces[row]),
        ]
        for row in range(len(found))
    }


def arrive(package: Path, stage: Stage) -> tuple[Person, Framework]:
    """Take the record in where nothing is yet: another district, after Ada got another id here."""
    Person.objects.filter(pk=stage.cast.ada.pk).update(public_id=uuid4())
    with district_scope(make_district("Far Away").pk):
        person = import_record(package, by=OPERATOR, at=LATER).person
        return person, Framework.objects.get(identifier=stage.adas.framework.identifier)


def test_a_record_gives_the_same_estimates_where_it_arrives(stage: Stage, tmp_path: Path) -> None:
    fit_model(stage.adas.framework, by=OPERATOR, at=LATER)
    package = tmp_path / "fitted.zip"
    export_record(stage.cast.ada, package, by=OPERATOR, at=LATER)
    before = numbers_of(stage.cast.ada, stage.adas.framework)
    person, framework = arrive(package, stage)
    with district_scope(person.district_id):
        after = numbers_of(person, framework)
    assert before
    assert after.keys() == before.keys()
    for code, numbers in before.items():
        assert after[code] == pytest.approx(numbers, abs=1e-9), code


def test_evidence_texts_and_files_arrive_as_they_were(stage: Stage, package: Path) -> None:
    ada = stage.cast.ada
    texts = list(ada.artifacts.order_by("pk").values_list("title", "text", "file_name"))
    answers = list(
        ada.responses.order_by("pk").values_list("task__source_id", "outcome", "done_at")
    )
    person, _ = arrive(package, stage)
    with district_scope(person.district_id):
        assert person.name == "Ada Okafor"
        found = person.artifacts.order_by("pk")
        assert list(found.values_list("title", "text", "file_name")) == texts
        assert kept_file(found.get(title="Photo")).read_bytes() == b"a half"
        assert answers == list(
            person.responses.order_by("pk").values_list("task__source_id", "outcome", "done_at")
        )
        assert person.contests.count() == person.sittings.count() == 1


def test_no_other_name_is_in_any_file_of_it(stage: Stage, package: Path) -> None:
    others = {person.name for person in Person.objects.all() if not person.is_unnamed}
    others.remove("Ada Okafor")  # somebody was merged into her
    assert "Ben Silva" in others
    with zipfile.ZipFile(package) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode()
            assert not [other for other in others if other in text], name


def test_no_secret_is_in_it(stage: Stage, package: Path) -> None:
    secrets = {name for _, declared in declared_models() for name in declared.secrets}
    assert {"password", "session_key", "token_hash"} <= secrets
    with zipfile.ZipFile(package) as archive:
        record = json.loads(archive.read("record.json"))
    assert record["records"]["user"]
    for kind, rows in record["records"].items():
        assert not [row for row in rows if secrets & row.keys()], kind


def test_notes_between_educators_leave_by_the_operators_word_alone(
    stage: Stage, package: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(package) as archive:
        record = json.loads(archive.read("record.json"))
    assert "note" not in record["records"]
    assert record["left_out"] == ["demographics", "merge", "note", "toldapart"]
    full = tmp_path / "full.zip"
    export_record(stage.cast.ada, full, by=OPERATOR, at=LATER, with_notes=True)
    with zipfile.ZipFile(full) as archive:
        assert json.loads(archive.read("record.json"))["records"]["note"]
    with pytest.raises(NotFound):
        export_record(
            stage.cast.ada, tmp_path / "x", by=stage.actors["dana"], at=LATER, with_notes=True
        )


def test_it_is_for_the_person_their_family_and_who_leads_them(stage: Stage, tmp_path: Path) -> None:
    for name in ("ada", "eli", "dana", "femi"):
        export_record(stage.cast.ada, tmp_path / f"{name}.zip", by=stage.actors[name], at=LATER)
    for name in ("ben", "cleo", "gwen"):
        with pytest.raises(NotFound):
            export_record(stage.cast.ada, tmp_path / "no.zip", by=stage.actors[name], at=LATER)


def test_each_time_it_leaves_is_a_deed_on_record(stage: Stage, package: Path) -> None:
    entry = AuditEntry.objects.latest("pk")
    assert (entry.deed, entry.subject_id) == ("export whole record", stage.cast.ada.pk)


def spoiled(package: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    path = package.with_name("spoiled.zip")
    with zipfile.ZipFile(package) as good, zipfile.ZipFile(path, "w") as bad:
        for each in good.namelist():
            content = good.read(each)
            bad.writestr(each, change(content) if each == name else content)
    return path


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("record.json", lambda c: c.replace(b'"outcome": 0.0', b'"outcome": 1.0'), "record.json"),
        ("response.csv", lambda c: c + b"x", "response.csv"),
        ("manifest.json", lambda c: c.replace(b"response", b"responsf", 1), "signature"),
        ("manifest.sig", lambda c: b"0" * 128, "signature"),
        ("manifest.sig", lambda c: b"nothing", "signature"),
        ("manifest.json", lambda c: b"[]", "no package"),
    ],
)
def test_a_changed_package_is_refused_with_words(
    stage: Stage, package: Path, name: str, change: Callable[[bytes], bytes], told: str
) -> None:
    path = spoiled(package, name, change)
    n_people = Person.every_district.count()
    for read in (lambda: check_package(path), lambda: arrive(path, stage)):
        with pytest.raises(Refused, match=told):
            read()
    assert Person.every_district.count() == n_people


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None
)
@given(data=st.data())
def test_a_package_with_any_byte_changed_is_refused_or_means_the_same(
    stage: Stage, package: Path, data: st.DataObject
) -> None:
    content = bytearray(package.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path = package.with_name("changed.zip")
    path.write_bytes(content)
    with suppress(Refused):
        assert check_package(path) == check_package(package)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=200,
    deadline=None,
)
@given(data=st.data())
def test_a_record_signed_with_odd_parts_is_taken_in_whole_or_refused_with_words(
    stage: Stage, package: Path, data: st.DataObject
) -> None:
    odd = data.draw(damaged(record_in(package)))
    path = with_record(package, odd)
    with transaction.atomic():
        Person.objects.filter(pk=stage.cast.ada.pk).update(public_id=uuid4())
        n_people = Person.every_district.count()
        with district_scope(make_district("Far Away").pk):
            try:
                import_record(path, by=OPERATOR, at=LATER)
            except Refused:
                assert Person.every_district.count() == n_people
            else:
                assert Person.objects.exists()
        transaction.set_rollback(True)


def test_a_record_from_before_a_field_is_taken_in_and_one_of_a_newer_kind_is_refused(
    stage: Stage, package: Path
) -> None:
    record = record_in(package)
    for kind in ("roleheld", "membership"):
        for row in record["records"][kind]:
            del row["source_rows"]
    with transaction.atomic():
        person, _ = arrive(with_record(package, record), stage)
        assert person.pk
        transaction.set_rollback(True)
    record["records"]["hologram"] = []
    with pytest.raises(Refused, match="hologram, which only newer versions know"):
        arrive(with_record(package, record), stage)


def test_nobody_brings_along_what_lets_them_see_others(stage: Stage, package: Path) -> None:
    record = record_in(package)
    (told,) = record["records"]["roleheld"]
    for role, ends_on in ((Role.LEADER, None), (Role.ASSESSOR, "2099-01-01")):
        record["records"]["roleheld"].append(told | {"ref": role, "role": role, "ends_on": ends_on})
    later = told | {"ref": "later", "role": Role.LEADER, "starts_on": "2099-01-01"}
    record["records"]["roleheld"].append(later)
    ada, _ = arrive(with_record(package, record), stage)
    with district_scope(ada.district_id):
        before = date_of(LATER) - timedelta(days=1)
        ends = {held.role: held.ends_on for held in ada.roles.all()}
        assert ends == {Role.STUDENT: None, Role.LEADER: before, Role.ASSESSOR: before}
        assert ada.roles.count() == 3


def test_who_leads_a_class_elsewhere_leads_none_of_that_name_here(
    stage: Stage, tmp_path: Path
) -> None:
    package = tmp_path / "ben.zip"
    export_record(stage.cast.ben, package, by=OPERATOR, at=LATER)
    Person.objects.filter(pk=stage.cast.ben.pk).update(public_id=uuid4())
    taken = import_record(package, by=OPERATOR, at=LATER)
    assert not taken.is_placed
    assert stage.cast.ben.memberships.filter(current(), part=Part.LEAD).exists()
    assert taken.person.memberships.filter(part=Part.LEAD).exists()
    assert not taken.person.memberships.filter(current(), part=Part.LEAD).exists()


def test_tasks_that_arrive_are_read_by_and_offered_to_nobody(stage: Stage, package: Path) -> None:
    ada, _ = arrive(package, stage)
    with district_scope(ada.district_id):
        tasks = Task.objects.filter(responses__learner=ada)
        assert tasks.exists()
        assert not tasks.filter(retired_at=None).exists()
        for competency in Competency.objects.all():
            assert not tasks_showing(competency)
    assert Task.objects.filter(retired_at=None).exists()


def test_what_somebody_is_here_can_be_said_as_they_arrive(stage: Stage, tmp_path: Path) -> None:
    package = tmp_path / "ben.zip"
    export_record(stage.cast.ben, package, by=OPERATOR, at=LATER)
    Person.objects.filter(pk=stage.cast.ben.pk).update(public_id=uuid4())
    school = stage.cast.school
    taken = import_record(package, by=OPERATOR, at=LATER, here=(Role.COACH, school))
    held = taken.person.roles.get(current())
    assert taken.is_placed
    assert (held.role, held.organization, held.starts_on) == (Role.COACH, school, date_of(LATER))


def test_two_of_one_class_arrive_one_after_the_other(
    stage: Stage, package: Path, tmp_path: Path
) -> None:
    another = tmp_path / "another.zip"
    Person.objects.filter(pk=stage.cast.ada.pk).update(public_id=uuid4())
    stage.cast.ada.source_ids.all().delete()
    export_record(stage.cast.ada, another, by=OPERATOR, at=LATER)
    Person.objects.filter(pk=stage.cast.ada.pk).update(public_id=uuid4())
    with district_scope(make_district("Far Away").pk):
        both = [import_record(path, by=OPERATOR, at=LATER) for path in (package, another)]
        (first, second) = (taken.person for taken in both)
        assert first.memberships.get().group == second.memberships.get().group
        assert first.responses.count() == second.responses.count() > 0
        assert both[0].n_rows["grouping"] == 1
        kinds = ("organization", "group", "task", "grouping")
        assert [both[1].n_rows[kind] for kind in kinds] == [0] * 4


def test_ids_of_rosters_elsewhere_name_nobody_for_those_here(stage: Stage, tmp_path: Path) -> None:
    SourceId.objects.create(person=stage.cast.ada, source="oneroster", value="1001")
    package = tmp_path / "known.zip"
    export_record(stage.cast.ada, package, by=OPERATOR, at=LATER)
    Person.objects.filter(pk=stage.cast.ada.pk).update(public_id=uuid4())
    ada = import_record(package, by=OPERATOR, at=LATER).person
    assert SourceId.objects.get(source="oneroster", value="1001").person == stage.cast.ada
    assert "oneroster" in ada.source_ids.get(value="1001").source
    assert not ada.roles.exclude(source="").exists()


def record_in(package: Path) -> Any:  # Any: JSON
    with zipfile.ZipFile(package) as archive:
        return json.loads(archive.read("record.json"))


def with_record(package: Path, record: Any) -> Path:  # Any: JSON
    """Put another record into a package, and sign it as if it were so."""
    path = package.with_name("signed.zip")
    with zipfile.ZipFile(package) as old, new_package(path) as new:
        for name in {*old.namelist()} - {MANIFEST, SIGNATURE, "record.json"}:
            new.add(name, old.read(name))
        new.add("record.json", json.dumps(record))
        new.sign(KIND, signer_of(Path(django_settings.HOME)), at=LATER, counts={})
    return path


def test_a_package_of_another_key_is_refused_where_the_key_is_named(package: Path) -> None:
    assert check_package(package, key=check_package(package).fingerprint).kind
    with pytest.raises(Refused, match="another key"):
        check_package(package, key="00" * 32)


def test_a_person_who_is_here_is_not_taken_in_twice(stage: Stage, package: Path) -> None:
    with pytest.raises(Refused, match="here already"):
        import_record(package, by=OPERATOR, at=LATER)


def test_a_file_that_was_put_in_afterwards_is_refused(package: Path) -> None:
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("more.txt", "more")
    with pytest.raises(Refused, match=r"more\.txt"):
        check_package(package)


def test_every_kind_of_rows_has_a_name_of_its_own() -> None:
    names = [name_of(model) for model, _ in declared_models()]
    assert len(names) == len(set(names))


def test_no_cell_of_its_tables_is_a_formula(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        tables = [name for name in archive.namelist() if name.endswith(".csv")]
        for name in tables:
            for row in csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))):
                assert not [cell for cell in row if cell.startswith(("=", "+", "@"))], name
        assert "'=1+1" in archive.read("rating.csv").decode()


@given(text=st.text())
def test_no_text_becomes_a_formula(text: str) -> None:
    cell = str(safe_cell(text))
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\0", "＝"))
    assert cell.removeprefix("'") == text.removeprefix("'")
    table = b"".join(as_csv(["a"], [[text, -1.5]])).decode("utf-8-sig", "surrogatepass")
    assert table.endswith(",-1.5\r\n")


@given(before=st.text(), after=st.text(alphabet=" .,;:!?)\n"))
def test_full_names_of_others_are_taken_out_of_texts(before: str, after: str) -> None:
    names = OthersNames(
        [("Ben", "Silva"), ("Mary Ann", "Lee"), ("Ada", "Okafor")], own=("Ada", "Okafor")
    )
    for name in ("Ben Silva", "mary ann  LEE"):
        assert name not in names.without(f"{before} {name}{after}")
    assert "Ada Okafor" in names.without(f"so said Ada Okafor{after}")
    assert names.without({"a": ["Ben Silva’s"], "n": 3}) == {"a": ["(another person)’s"], "n": 3}


@pytest.mark.sweep
def test_the_command_says_what_the_person_is_here(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "learner,item,time,correct,competencies\nana,item 1,1790000000,1,A\n", encoding="utf-8"
    )
    file, home = tmp_path / "ana.zip", bare(tmp_path / "first")
    answer(home, "init", "--name", "Wide Valley")
    answer(home, "import", "responses", tmp_path / "log.csv", "--group", "7A")
    answer(home, "export", "person", "ana", "--output", file)
    there = bare(tmp_path / "second")
    answer(there, "init", "--name", "Far Away")
    for words in (("--role", "wizard"), ("--role", "coach", "--school", "Nowhere")):
        refused = run(there, "import", "person", file, *words)
        assert refused.returncode == 1
        assert words[-1] in refused.stderr
    assert run(there, "import", "person", file, "--school", "Far Away").returncode == 2
    taken = answer(there, "import", "person", file, "--role", "coach")
    assert taken["is_placed"]
    assert taken["rows"]["response"] == 1
