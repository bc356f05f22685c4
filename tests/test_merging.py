"""Two people on record who are one: merged, nothing is lost; taken apart, all is as before."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manypaths.base.clock import now
from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry, ViewEntry
from manypaths.base.personal import declared_models
from manypaths.demographics.queries import demographics_of
from manypaths.demographics.services import give_demographics_right, take_in_demographics
from manypaths.estimates.merging import link_learner, merge_people, unmerge_people
from manypaths.estimates.models import Achievement, Belief, GeneralBelief
from manypaths.estimates.queries import estimates_of
from manypaths.estimates.services import rebuild, take_in, take_in_rating
from manypaths.estimates.tests.world import World, day, make_world
from manypaths.evidence.drafts import RatingDraft, ResponseDraft
from manypaths.evidence.models import RaterRole, Response
from manypaths.people.access import person_for
from manypaths.people.access_log import record_view, views_of
from manypaths.people.duplicates import (
    likely_duplicates,
    merge_for,
    side_by_side,
    standing_merges,
)
from manypaths.people.models import (
    Group,
    Membership,
    Merge,
    Part,
    Person,
    Relationship,
    RelationshipKind,
    Role,
    SourceId,
)
from manypaths.people.queries import learner_named, learners_of, learners_with_ids
from manypaths.people.services import (
    add_unnamed_learners,
    enroll,
    give_role,
    give_source_ids,
    relate,
)
from manypaths.people.tests.cast import (
    AT,
    OPERATOR,
    SINCE,
    Cast,
    make_person,
    user_of,
)
from manypaths.plans.models import Choice, StepKind
from manypaths.plans.services import choose_step
from manypaths.plans.tests.work import answer, practise, sign_off, undone
from manypaths.records.deleting import erase_person
from tests.stage import LATER, Stage, make_stage

# Made anew from evidence, or about deeds themselves.
_NOT_COMPARED = (AuditEntry, ViewEntry, Merge, Belief, GeneralBelief)

Numbers = dict[tuple[int, str], list[float | None]]


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world()


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


@pytest.fixture
def twin(cast: Cast) -> Person:
    """Return a second record of Ada, in her class."""
    person = make_person("Ada Okafor", cast.school, Role.STUDENT)
    enroll(cast.ada_class, [person], part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    return person


def rows_of_all() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table that is not computed anew."""
    return {
        table._meta.label: sorted(
            _every(table),
            key=lambda row: row[0],
        )
        for table, _personal in declared_models()
        if table not in _NOT_COMPARED
    }


def _every(table: type[models.Model]) -> list[tuple[Any, ...]]:
    manager = getattr(table, "every_district", table._default_manager)
    return list(manager.values_list(*_names(table)))


def _names(table: type[models.Model]) -> list[str]:
    return [field.attname for field in table._meta.concrete_fields]


def numbers_of(*people: Person) -> Numbers:
    """Return what is believed of people, by person and code."""
    own = Belief.objects.filter(learner__in=people).select_related("competency")
    general = GeneralBelief.objects.filter(learner__in=people)
    found: Numbers = {
        (row.learner_id, row.competency.code): [row.mean, row.variance, row.n_right, row.n_days]
        for row in own
    }
    return found | {
        (row.learner_id, ""): [row.mean, row.variance, row.n_events, row.last_done_at]
        for row in general
    }


def of_one(person: Person) -> dict[str, list[float | None]]:
    return {code: numbers for (_pk, code), numbers in numbers_of(person).items()}


def assert_close(found: dict[Any, list[float | None]], wanted: dict[Any, Any]) -> None:
    assert found.keys() == wanted.keys()
    for key, numbers in wanted.items():
        assert found[key] == pytest.approx(numbers, abs=1e-9), key


def merge(other: Person, kept: Person) -> Merge:
    done = merge_people(other, kept, by=OPERATOR, at=LATER)
    for person in (other, kept):
        person.refresh_from_db()
    return done


def unmerge(done: Merge) -> None:
    unmerge_people(done, by=OPERATOR, at=LATER)


# --- all that the one had is the other's


def test_everything_that_names_the_one_names_the_other(stage: Stage) -> None:
    ada = stage.adas.learner
    kept = make_person("Ada Okafor", stage.cast.school, Role.STUDENT)
    left = merge(ada, kept)
    for table, _personal in declared_models():
        for field in table._meta.concrete_fields:
            if field.related_model is Person and table is not Merge:
                rows = table._default_manager.filter(**{field.name: ada})
                # An open sitting has places, and stays where it hangs together.
                assert not rows.exists(), f"{table.__name__}.{field.name}"
    assert left.moved["evidence.response.learner"]
    assert Achievement.objects.filter(learner=ada).count() == 0
    assert learners_of(stage.cast.ada_class, by=OPERATOR).count(kept) == 1


def test_taken_apart_both_are_as_before(stage: Stage, twin: Person) -> None:
    ada = stage.adas.learner
    world_task = stage.adas.task
    take_in(ResponseDraft(twin, world_task, 1.0, day(9)), by=OPERATOR, at=LATER)
    choose_step(twin, stage.adas.competency, kind=StepKind.LEARN, by=OPERATOR, at=LATER)
    before, believed = rows_of_all(), numbers_of(ada, twin)
    done = merge(ada, twin)
    assert rows_of_all() != before
    unmerge(done)
    assert rows_of_all() == before
    assert_close(numbers_of(ada, twin), believed)


def test_what_came_after_the_merge_stays_with_the_kept_one(
    cast: Cast, world: World, twin: Person
) -> None:
    practise(world, cast.ada, "F1", "+++")
    done = merge(twin, cast.ada)
    answer(world, cast.ada, "F1-1", 20, 1.0)
    unmerge(done)
    assert Response.objects.filter(learner=cast.ada).count() == 4
    assert not Response.objects.filter(learner=twin).exists()
    believed = numbers_of(cast.ada, twin)
    rebuild(world.framework, by=OPERATOR, at=LATER)
    assert_close(numbers_of(cast.ada, twin), believed)


def test_achievements_and_choices_come_along(cast: Cast, world: World, twin: Person) -> None:
    practise(world, twin, "F1", "+" * 8)
    sign_off(world, twin, "F1")
    choose_step(twin, world.competencies["F2"], kind=StepKind.LEARN, by=OPERATOR, at=LATER)
    merge(twin, cast.ada)
    for model in (Response, Choice, Achievement, GeneralBelief, Belief):
        assert set(model.objects.values_list("learner", flat=True)) == {cast.ada.pk}
    found = estimates_of([cast.ada], world.framework, by=OPERATOR, at=LATER)
    assert found.status_by_code()[0]["F1"] in ("demonstrated", "worth a refresh")


pieces = st.lists(
    st.tuples(
        st.booleans(),  # whose: the one's or the other's
        st.sampled_from(["F1-1", "F1-3", "F2-2", "F3-3"]),
        st.integers(0, 30),
        st.sampled_from([0.0, 0.5, 1.0]),
        st.booleans(),  # a rating instead of an answer
    ),
    max_size=8,
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(done=pieces)
def test_merged_evidence_counts_as_if_one_person_had_given_it_from_the_start(
    cast: Cast,
    world: World,
    twin: Person,
    done: list[tuple[bool, str, int, float, bool]],
) -> None:
    with undone():
        whole = make_person("Whole Person", cast.school, Role.STUDENT)
        for minute, (is_twins, task, number, outcome, is_rating) in enumerate(done):
            at = day(number) + timedelta(minutes=minute)
            for learner in (twin if is_twins else cast.ada, whole):
                if is_rating:
                    draft = RatingDraft(
                        *(learner, world.competencies[task[:2]], int(outcome * 2), cast.ben),
                        *(RaterRole.TEACHER, at),
                    )
                    take_in_rating(draft, by=OPERATOR, at=LATER)
                else:
                    response = ResponseDraft(learner, world.tasks[task], outcome, at)
                    take_in(response, by=OPERATOR, at=LATER)
        for person in (cast.ada, twin):
            person.refresh_from_db()  # the last try was taken back
        apart = numbers_of(cast.ada, twin)
        merged = merge(twin, cast.ada)
        assert_close(of_one(cast.ada), of_one(whole))
        assert not numbers_of(twin)
        unmerge(merged)
        assert_close(numbers_of(cast.ada, twin), apart)
        rebuild(world.framework, by=OPERATOR, at=LATER)
        assert_close(numbers_of(cast.ada, twin), apart)


# --- what would be there twice


def test_a_class_lists_the_merged_learner_once(cast: Cast, twin: Person) -> None:
    done = merge(twin, cast.ada)
    assert learners_of(cast.ada_class, by=OPERATOR) == [cast.ada]
    assert Membership.objects.filter(group=cast.ada_class, part=Part.LEARNER).count() == 1
    unmerge(done)
    assert set(learners_of(cast.ada_class, by=OPERATOR)) == {cast.ada, twin}


def test_of_two_times_in_a_class_the_longer_one_stays(cast: Cast, twin: Person) -> None:
    Membership.objects.filter(person=cast.ada).update(ends_on=SINCE + timedelta(days=9))
    done = merge(twin, cast.ada)
    assert learners_of(cast.ada_class, by=OPERATOR) == [cast.ada]
    unmerge(done)
    assert learners_of(cast.ada_class, by=OPERATOR) == [twin]
    assert Membership.objects.get(person=cast.ada).ends_on == SINCE + timedelta(days=9)


def test_consent_on_file_is_not_lost(cast: Cast, twin: Person) -> None:
    for learner, consented_on in ((twin, SINCE),):
        relate(
            [(cast.eli, learner)],
            kind=RelationshipKind.GUARDIAN,
            organization=cast.school,
            starts_on=SINCE,
            consented_on=consented_on,
            by=OPERATOR,
            at=AT,
        )
    Relationship.objects.filter(learner=cast.ada).update(consented_on=None)
    done = merge(twin, cast.ada)
    assert person_for(user_of(cast.eli), cast.ada.public_id) == cast.ada
    unmerge(done)
    with pytest.raises(NotFound):
        person_for(user_of(cast.eli), cast.ada.public_id)


def test_two_merges_come_apart_in_any_order_that_keeps_each_whole(
    cast: Cast, world: World, twin: Person
) -> None:
    third = make_person("Ada Okafor", cast.school, Role.STUDENT)
    practise(world, third, "F2", "++-")
    before = rows_of_all()
    first, second = merge(twin, cast.ada), merge(third, cast.ada)
    unmerge(first)
    unmerge(second)
    assert rows_of_all() == before


def test_a_merge_whose_kept_one_was_merged_is_taken_back_last(
    cast: Cast, world: World, twin: Person
) -> None:
    third = make_person("Ada Okafor", cast.school, Role.STUDENT)
    practise(world, third, "F2", "++-")
    before = rows_of_all()
    first, second = merge(third, twin), merge(twin, cast.ada)
    assert person_for(OPERATOR, third.public_id) == cast.ada
    with pytest.raises(Refused, match="was merged since"):
        unmerge(first)
    unmerge(second)
    unmerge(first)
    assert rows_of_all() == before


# --- sign-in, addresses and ids


def test_the_one_sign_in_that_there_is_becomes_the_persons(cast: Cast, twin: Person) -> None:
    user = user_of(twin)
    done = merge(twin, cast.ada)
    assert cast.ada.user == user
    unmerge(done)
    people = Person.objects.filter(pk__in=(cast.ada.pk, twin.pk))
    assert dict(people.values_list("pk", "user")) == {cast.ada.pk: None, twin.pk: user.pk}


def test_of_two_sign_ins_the_kept_persons_stays(cast: Cast, twin: Person) -> None:
    own, other = user_of(cast.ada), user_of(make_person("Adah X", cast.school, Role.STUDENT))
    Person.objects.filter(user=other).update(user=None)
    Person.objects.filter(pk=twin.pk).update(user=other)
    twin.refresh_from_db()
    done = merge(twin, cast.ada)
    other.refresh_from_db()
    assert cast.ada.user == own
    assert other.is_active is False
    unmerge(done)
    assert type(other).objects.get(pk=other.pk).is_active
    assert twin.user == other


def test_the_old_address_leads_to_the_kept_person_for_those_who_may(
    cast: Cast, twin: Person
) -> None:
    old = twin.public_id
    merge(twin, cast.ada)
    for name in ("ben", "dana", "eli"):
        assert person_for(user_of(getattr(cast, name)), old) == cast.ada
    assert learner_named(str(old), by=OPERATOR) == cast.ada
    assert learners_with_ids([str(old)], by=user_of(cast.ben)) == {str(old): cast.ada}
    with pytest.raises(NotFound):
        person_for(user_of(cast.cleo), old)
    with pytest.raises(NotFound):
        learners_with_ids([str(old)], by=user_of(cast.cleo))


def test_ids_of_both_lead_to_the_kept_person(cast: Cast, twin: Person) -> None:
    for person, value in ((cast.ada, "A-1"), (twin, "A-2")):
        give_source_ids(
            [person], [value], source="sis", organization=cast.school, by=OPERATOR, at=AT
        )
    merge(twin, cast.ada)
    assert {row.person for row in SourceId.objects.filter(source="sis")} == {cast.ada}


def test_looks_at_the_other_record_are_the_kept_ones_now(cast: Cast, twin: Person) -> None:
    record_view(twin, by=user_of(cast.dana), at=now(), page="people:one")
    merge(twin, cast.ada)
    assert [view.viewer for view in views_of(cast.ada, by=user_of(cast.ada))] == [cast.dana]


def test_demographics_go_along_and_come_back(cast: Cast, twin: Person) -> None:
    dana = user_of(cast.dana)
    give_demographics_right(cast.dana, by=OPERATOR, at=AT)
    facts = {cast.ada.pk: {"sex": "female"}, twin.pk: {"sex": "other"}}
    take_in_demographics({twin.pk: facts[twin.pk]}, district=cast.district, by=OPERATOR, at=AT)
    done = merge(twin, cast.ada)
    assert demographics_of(cast.ada, by=dana) == {"sex": "other"}
    unmerge(done)
    take_in_demographics(facts, district=cast.district, by=OPERATOR, at=AT)
    twin.refresh_from_db()
    unmerge(merge(twin, cast.ada))
    for person in (cast.ada, twin):
        assert demographics_of(person, by=dana) == facts[person.pk]


def test_who_is_erased_takes_along_whom_they_were_merged_with(
    cast: Cast, world: World, twin: Person
) -> None:
    practise(world, twin, "F1", "+++")
    merge(twin, cast.ada)
    erase_person(cast.ada)
    assert not Person.objects.filter(family_name="Okafor", given_name="Ada").exists()
    assert not Merge.objects.exists()
    assert not Response.objects.exists()


# --- who may, and when not


@pytest.mark.parametrize("name", ["ada", "ben", "cleo", "eli"])
def test_whoever_does_not_lead_both_merges_nobody(cast: Cast, twin: Person, name: str) -> None:
    by = user_of(getattr(cast, name))
    with pytest.raises(NotFound):
        merge_people(twin, cast.ada, by=by, at=LATER)
    done = merge(twin, cast.ada)
    with pytest.raises(NotFound):
        unmerge_people(done, by=by, at=LATER)


def test_a_leader_of_one_school_merges_nobody_who_belongs_to_another(
    cast: Cast, twin: Person
) -> None:
    give_role(
        twin,
        Role.STUDENT,
        organization=cast.school_elsewhere,
        starts_on=SINCE,
        by=OPERATOR,
        at=AT,
    )
    with pytest.raises(Refused, match="leader of the district"):
        merge_people(twin, cast.ada, by=user_of(cast.dana), at=LATER)
    femi = make_person("Femi Adeyemi", cast.district, Role.LEADER)
    assert merge_people(twin, cast.ada, by=user_of(femi), at=LATER).kept == cast.ada


def test_nobody_becomes_more_by_a_merge_of_their_own(cast: Cast) -> None:
    second = make_person("Dana Novak", cast.school, Role.LEADER)
    for one, other in ((cast.dana, second), (second, cast.dana)):
        with pytest.raises(Refused, match="another leader can"):
            merge_people(one, other, by=user_of(cast.dana), at=LATER)


def test_people_who_have_to_do_with_each_other_are_two(cast: Cast, world: World) -> None:
    with pytest.raises(Refused, match="two people"):
        merge(cast.eli, cast.ada)
    draft = RatingDraft(
        *(cast.ada, world.competencies["F1"], 1, cast.ben, RaterRole.TEACHER, day(1))
    )
    take_in_rating(draft, by=OPERATOR, at=LATER)
    with pytest.raises(Refused, match="two people"):
        merge(cast.ada, cast.ben)


def test_a_person_with_a_name_is_kept(cast: Cast) -> None:
    unnamed = unnamed_in(cast.ada_class)
    with pytest.raises(Refused, match="Keep the one who has a name"):
        merge(cast.ada, unnamed)
    with pytest.raises(Refused, match="one person already"):
        merge(cast.ada, cast.ada)


def test_a_merge_is_taken_back_once(cast: Cast, twin: Person) -> None:
    done = merge(twin, cast.ada)
    with pytest.raises(Refused, match="merged already"):
        merge(twin, cast.ada)
    unmerge(done)
    with pytest.raises(Refused, match="taken back already"):
        unmerge(done)


def test_each_leaves_one_entry(cast: Cast, twin: Person) -> None:
    last = AuditEntry.objects.latest("pk").pk
    unmerge(merge(twin, cast.ada))
    entries = AuditEntry.objects.filter(pk__gt=last).order_by("pk")
    assert [entry.deed for entry in entries] == ["merge people", "unmerge people"]
    assert {entry.subject_id for entry in entries} == {cast.ada.pk}


# --- finding them


def reasons(cast: Cast) -> dict[frozenset[str], list[str]]:
    found = likely_duplicates(cast.school, by=user_of(cast.dana))
    return {frozenset((row.one.person.name, row.other.person.name)): row.reasons for row in found}


def test_likely_duplicates_come_with_their_reasons(cast: Cast, twin: Person) -> None:
    found = reasons(cast)
    assert found == {
        frozenset({"Ada Okafor"}): ["They have the same name.", "They are or were in one group."]
    }


@pytest.mark.parametrize("name", ["ada OKAFOR", "Okafor Ada", "Adá Okafor"])
def test_accents_case_and_order_make_no_other_name(cast: Cast, name: str) -> None:
    make_person(name, cast.school, Role.STUDENT)
    assert len(reasons(cast)) == 1


def test_two_systems_that_use_one_id_speak_of_one_person(cast: Cast) -> None:
    other = make_person("A. O.", cast.school, Role.STUDENT)
    for person, source in ((cast.ada, "sis"), (other, "reading log")):
        give_source_ids(
            [person], ["4711"], source=source, organization=cast.school, by=OPERATOR, at=AT
        )
    assert list(reasons(cast).values()) == [["Two systems know them by the id 4711."]]


def test_a_middle_name_alone_is_not_enough(cast: Cast) -> None:
    other = make_person("Ada Maria Okafor", cast.school, Role.STUDENT)
    other.given_name, other.family_name = "Ada Maria", "Okafor"
    other.save()
    assert not reasons(cast)
    enroll(cast.ada_class, [other], part=Part.LEARNER, starts_on=SINCE, by=OPERATOR, at=AT)
    assert len(reasons(cast)) == 1


def test_both_are_looked_at_side_by_side(cast: Cast, world: World, twin: Person) -> None:
    practise(world, twin, "F1", "+++")
    sign_off(world, twin, "F1")
    one, other = side_by_side(cast.ada.public_id, twin.public_id, by=user_of(cast.dana))
    assert (one.n_pieces, other.n_pieces, other.n_achievements) == (0, 3, 1)
    assert one.record.memberships[0].group == other.record.memberships[0].group


def test_merges_that_stand_are_listed_for_leaders(cast: Cast, twin: Person) -> None:
    done = merge(twin, cast.ada)
    dana = user_of(cast.dana)
    assert standing_merges(cast.school, by=dana) == [done]
    assert merge_for(done.public_id, by=dana) == done
    with pytest.raises(NotFound):
        merge_for(done.public_id, by=user_of(cast.ben))
    unmerge(done)
    assert standing_merges(cast.school, by=dana) == []
    with pytest.raises(NotFound):
        merge_for(done.public_id, by=dana)


# --- somebody without a name


def unnamed_in(group: Group) -> Person:
    added = add_unnamed_learners(
        ["17"], source="log", group=group, starts_on=SINCE, by=OPERATOR, at=AT
    )
    return added.by_source_id["17"]


@pytest.mark.parametrize("name", ["ben", "dana"])
def test_all_that_an_unnamed_learner_did_becomes_the_persons(
    cast: Cast, world: World, name: str
) -> None:
    learner = unnamed_in(cast.ada_class)
    practise(world, learner, "F1", "+" * 8)
    practise(world, cast.ada, "F1", "--", since=20)
    sign_off(world, learner, "F1")
    choose_step(learner, world.competencies["F2"], kind=StepKind.LEARN, by=OPERATOR, at=LATER)
    linked = link_learner(learner, cast.ada, by=user_of(getattr(cast, name)), at=LATER)
    assert linked == cast.ada
    for model in (Response, Choice, Achievement, GeneralBelief, Belief):
        assert set(model.objects.values_list("learner", flat=True)) == {cast.ada.pk}
    assert GeneralBelief.objects.get().n_events == 10
    found = estimates_of([cast.ada, learner], world.framework, by=OPERATOR, at=LATER)
    assert found.status_by_code()[0]["F1"] in ("demonstrated", "worth a refresh")
    assert set(found.status_by_code()[1].values()) == {"not started"}
    again = add_unnamed_learners(
        ["17"], source="log", group=cast.ada_class, starts_on=SINCE, by=OPERATOR, at=AT
    )
    assert again.by_source_id == {"17": cast.ada}


@pytest.mark.parametrize("name", ["ada", "cleo", "eli"])
def test_others_link_nobody(cast: Cast, world: World, name: str) -> None:
    learner = unnamed_in(cast.ada_class)
    answer(world, learner, "F1-1", 0, 1.0)
    with pytest.raises(NotFound):
        link_learner(learner, cast.ada, by=user_of(getattr(cast, name)), at=LATER)
    assert Response.objects.get().learner == learner


def test_people_with_names_are_not_linked_by_those_who_teach_them(cast: Cast, world: World) -> None:
    with pytest.raises(Refused, match="without a name"):
        link_learner(cast.eli, cast.ada, by=OPERATOR, at=LATER)
