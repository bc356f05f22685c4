"""Take rows of people out for good, with their files: what retention and erasures end in.

Evidence is append-only for everybody's daily acts; these are the deeds by which it ends.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, models, transaction
from django.db.models import Q
from django_tasks_db.models import DBTaskResult

from manypaths.base.ids import new_public_id
from manypaths.base.personal import Erasure, PersonalFields, declared_models
from manypaths.base.scope import current_district
from manypaths.evidence.models import Artifact, Rating, Response, Withdrawal
from manypaths.interop.models import ImportFile, ImportKind, ImportRun
from manypaths.people.models import Merge, Person, Relationship, ToldApart, User
from manypaths.plans.models import Support, SupportSession
from manypaths.records.exports import drop_all_exports
from manypaths.records.models import DoomedFile

Model = type[models.Model]


def rows_of(model: Model, people: Sequence[int]) -> "models.QuerySet[Any, Any]":
    """Return the rows of a model that speak of these people (row ids)."""
    declared: PersonalFields = model.personal  # type: ignore[attr-defined]  # a test sees to it
    manager: Any = getattr(model, "every_district", model._default_manager)
    found: models.QuerySet[Any, Any] = manager.filter(**{f"{declared.subject}__in": list(people)})
    return found


def take_out(rows: "models.QuerySet[Any, Any]") -> int:
    """Delete rows of one table as they are; what refers to them is seen to by the caller."""
    if rows.model is Artifact:
        named = rows.exclude(file_name="").values_list("public_id", flat=True)
        DoomedFile.objects.bulk_create([DoomedFile(name=name) for name in named])
    pks = list(rows.values_list("pk", flat=True))
    deleted = 0
    for first in range(0, len(pks), 500):
        manager: Any = getattr(rows.model, "every_district", rows.model._default_manager)
        chunk = manager.filter(pk__in=pks[first : first + 500])
        deleted += chunk._raw_delete(chunk.db)
    return deleted


def delete_rows(kinds: Iterable[Model], people: Sequence[int]) -> dict[str, int]:
    """Delete all rows of these kinds about these people, in the running transaction.

    What can't be without such a row goes with it: how an integration named an answer that is gone.
    """
    _overwrite_what_goes()
    # A row that is reached through another goes before that.
    ordered = sorted(_with_dependents(kinds), key=lambda model: -_declared(model).count("__"))
    counts = {str(model._meta.model_name): take_out(rows_of(model, people)) for model in ordered}
    loosen(people)
    return counts


def loosen(people: Sequence[int]) -> None:
    """Let nothing refer to rows that are gone, and drop reasons that nothing is left of."""
    for model, declared in declared_models():
        for field in model._meta.concrete_fields if declared.subject else ():
            if field.null and _is_of_people(field.related_model):
                there = _all(field.related_model).values("pk")
                gone = rows_of(model, people).exclude(**{f"{field.name}__in": there})
                gone.exclude(**{field.name: None}).update(**{field.name: None})
    referred: list[Any] = [
        model.every_district.exclude(withdrawal=None).values("withdrawal")
        for model in (Response, Rating, Artifact)
    ]
    orphans = Withdrawal.objects.exclude(pk__in=referred[0])
    orphans = orphans.exclude(pk__in=referred[1]).exclude(pk__in=referred[2])
    take_out(orphans)


def everyone_in(person: Person) -> list[Person]:
    """Return a person with all those on record who turned out to be them."""
    found = [person]
    for each in found:
        found += Person.every_district.filter(merged_into=each)
    return found


def _with_dependents(kinds: Iterable[Model]) -> set[Model]:
    found, before = set(kinds), 0
    while len(found) > before:
        before = len(found)
        for model, declared in declared_models():
            if declared.subject and any(
                field.related_model in found and not field.null
                for field in model._meta.concrete_fields
            ):
                found.add(model)
    return found


def _is_of_people(model: Any) -> bool:  # noqa: ANN401  # a model, or None
    """Say whether the rows of a model speak of people and can be gone before those who refer."""
    return model is not None and model not in (Person, User) and bool(_declared(model))


def _declared(model: Any) -> str:  # noqa: ANN401  # a model, ours or of a library
    declared = getattr(model, "personal", None)
    return "" if declared is None else declared.subject or ""


def _all(model: Any) -> "models.QuerySet[Any, Any]":  # noqa: ANN401  # as above
    rows: models.QuerySet[Any, Any] = getattr(model, "every_district", model._default_manager).all()
    return rows


def erase_person(person: Person) -> dict[str, int]:
    """Delete all that is on record of a person, in the running transaction; return the counts.

    With those who were merged into them. Where others' records rest on the person (as who rated
    them), a row without a name is left.
    """
    for other in reversed(everyone_in(person)[1:]):
        _erase_one(other)
    return _erase_one(person)


def _erase_one(person: Person) -> dict[str, int]:
    kinds = [
        model
        for model, declared in declared_models()
        if declared.subject and model is not User  # rows that go; the person is last
    ]
    user, traces = person.user, _traces(person)
    supports = list(person.supports_planned.values_list("support", flat=True))
    counts = delete_rows(kinds, [person.pk])
    counts["relationship"] += take_out(Relationship.objects.filter(supporter=person))
    counts["toldapart"] += take_out(ToldApart.objects.filter(other=person))
    counts["merge"] += take_out(Merge.objects.filter(other=person))
    take_out(SupportSession.objects.filter(support__in=supports, support__learners=None))
    take_out(Support.objects.filter(pk__in=supports, learners=None))
    _forget_in_passing(traces)
    _blank(person)
    if user is not None:
        user.delete()
    if not _is_referred_to(person):
        take_out(Person.objects.filter(pk=person.pk))
    return counts | {"person": 1}


def drop_doomed_files() -> int:
    """Delete the files whose rows are gone, from the disk; return how many."""
    dropped = 0
    for doomed in list(DoomedFile.objects.all()):
        name = str(doomed.name)
        path = Path(settings.MEDIA_ROOT) / str(current_district()) / name[:2] / name
        for each in (path, path.with_suffix(".part")):
            if each.exists():
                each.unlink()
                dropped += 1
        doomed.delete()
    return dropped


def rewrite_database() -> None:
    """Leave no deleted byte in an embedded database's file. Elsewhere its own cleaning does."""
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM")


def _overwrite_what_goes() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _traces(person: Person) -> list[str]:
    """Return by what somebody could be named where no declaration reaches."""
    found = [person.name, str(person.public_id)]
    found += person.source_ids.values_list("value", flat=True)
    if person.user is not None:
        found += [person.user.username, person.user.email or ""]
    return [trace for trace in found if len(trace) > 2]


def _forget_in_passing(traces: list[str]) -> None:
    """Drop what waits or passes and may name somebody: tasks, counts, uploads, packages."""
    finished = DBTaskResult.objects.filter(finished_at__isnull=False)
    named = Q()
    for trace in traces:
        named |= Q(args_kwargs__icontains=trace)
    take_out(finished)
    take_out(DBTaskResult.objects.filter(named))
    ImportRun.objects.update(faults=[])
    for file in ImportFile.objects.select_related("run").iterator():
        content = bytes(file.content).decode("utf-8", "replace")
        # A roster is packed and sealed: whom it names is not known, so it goes.
        is_roster = file.run.kind == ImportKind.ROSTER
        if is_roster or any(trace in content for trace in traces):
            ImportRun.objects.filter(pk=file.run_id).delete()
    transaction.on_commit(cache.clear)
    drop_all_exports()


def _blank(person: Person) -> None:
    """Empty the person's own fields, and give the row an id that nobody knows."""
    declared: PersonalFields = Person.personal
    changed = []
    for name, erasure in declared.fields.items():
        if erasure is Erasure.BLANK:
            field: Any = Person._meta.get_field(name)
            setattr(person, field.attname, None if field.null else "")
            changed.append(name)
    person.public_id, person.merged_into = new_public_id(), None
    person.save(update_fields=[*changed, "public_id", "merged_into"])


def _is_referred_to(person: Person) -> bool:
    for relation in Person._meta.related_objects:
        model: Any = relation.related_model
        manager = getattr(model, "every_district", model._default_manager)
        if manager.filter(**{relation.field.name: person.pk}).exists():
            return True
    return False
