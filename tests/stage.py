"""Ada's district with evidence, estimates and plans of hers, for tests across the rooms."""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from random import Random
from uuid import UUID

import numpy as np

from manypaths.base.clock import to_microseconds
from manypaths.base.tests.remembered import remembered
from manypaths.estimates.merging import merge_people
from manypaths.estimates.models import FittedModel, TeachersWord
from manypaths.estimates.services import (
    AchievementDraft,
    fit_candidate,
    open_contest,
    say_word,
    take_in,
    take_in_artifact,
)
from manypaths.estimates.tests.world import day, make_world
from manypaths.evidence.drafts import RatingDraft, ResponseColumns, ResponseDraft
from manypaths.evidence.models import (
    Artifact,
    ArtifactKind,
    Clock,
    Contest,
    RaterRole,
    Response,
    Task,
)
from manypaths.frameworks.models import Competency, Framework
from manypaths.frameworks.services import start_version
from manypaths.integrations.entry import integration_of
from manypaths.integrations.models import Endpoint, Token
from manypaths.integrations.services import make_token
from manypaths.people.access import Actor, TokenScope
from manypaths.people.models import (
    Group,
    Membership,
    Merge,
    Organization,
    Person,
    Relationship,
    Role,
    RoleHeld,
    RollOver,
    Term,
    ToldApart,
    User,
)
from manypaths.people.services import add_unnamed_learners, create_term, give_source_ids
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person, user_of
from manypaths.plans.family_notes import write_family_note
from manypaths.plans.models import (
    Choice,
    FamilyNote,
    Grouping,
    HelpRequest,
    NeedKind,
    Note,
    Seat,
    StepKind,
    Support,
)
from manypaths.plans.services import ask_for_help, choose_step, keep_groups
from manypaths.plans.small_groups import GroupNeed, SmallGroup
from manypaths.plans.supporting import SupportDraft, plan_support, write_note
from manypaths.sittings.models import Place, Sitting
from manypaths.sittings.services import hand_in, start_sitting
from manypaths.sittings.work import WorkDraft

LATER = day(60)
_NOWHERE = 10**12
_PEOPLE = ("ada", "ben", "cleo", "dana", "eli")


@dataclass(frozen=True)
class Records:
    """The records of one learner and of those around them, or ghosts of such records."""

    learner: Person
    unnamed: Person
    learner_name: str
    source_id: str
    group: Group
    membership: Membership
    role: RoleHeld
    tie: Relationship
    term: Term
    organization: Organization
    response: Response
    artifact: Artifact
    choice: Choice
    help_request: HelpRequest
    family_note: FamilyNote
    candidate: FittedModel
    seat: Seat
    support: Support
    note: Note
    work: Artifact
    uncontested: Response
    contest: Contest
    word: TeachersWord
    sitting: Sitting
    waiting: Place
    framework: Framework
    competency: Competency
    other_competency: Competency
    draft_competency: Competency
    task: Task
    merge: Merge
    apart: ToldApart
    rolled_over: RollOver
    token: Token
    endpoint: Endpoint

    @cached_property
    def _packed(self) -> bytes:
        return pickle.dumps(self)

    def copied(self) -> "Records":
        """Return records of its own to a call that may change them."""
        found: Records = pickle.loads(self._packed)
        return found

    @property
    def public_id(self) -> UUID:
        return self.learner.public_id

    def response_draft(self) -> ResponseDraft:
        return ResponseDraft(self.learner, self.task, 1.0, LATER)

    def rating_draft(self, by: Actor) -> RatingDraft:
        return RatingDraft(
            self.learner, self.competency, 1, self.rater(by), RaterRole.TEACHER, LATER
        )

    def rater(self, by: Actor) -> Person:
        """Return the one who asks, where they are a person."""
        return by.person if isinstance(by, User) else self.learner

    def achievement_draft(self) -> AchievementDraft:
        return AchievementDraft(self.learner, self.competency, LATER.date())

    def columns(self) -> ResponseColumns:
        """Return one response of the learner as columns."""
        one = np.ones(1, np.int64)
        return ResponseColumns(
            learner=one * self.learner.pk,
            task=one * self.task.pk,
            outcome=np.ones(1),
            done_at=one,
            clock=one * Clock.NONE,
            chosen=-one,
            attempt=one,
        )


@dataclass(frozen=True)
class Stage:
    """Ada's records, ghosts of them, and who may act: by name."""

    cast: Cast
    adas: Records
    ghosts: Records
    actors: dict[str, Actor]

    def through_own(self, records: Records) -> Records:
        """Return the records reached by way of the school and the class elsewhere."""
        cast = self.cast
        return replace(records, group=cast.cleo_class, organization=cast.school_elsewhere)


def make_stage(cast: Cast) -> Stage:
    """Bring in Ada's work, with Femi who leads the district and Gwen who leads a school elsewhere.

    Gwen and Cleo are the outsiders.
    """
    stage = remembered("stage", partial(_made, cast))
    for name in _PEOPLE:
        getattr(cast, name).user = getattr(stage.cast, name).user
    return replace(stage, cast=cast)


def _made(cast: Cast) -> Stage:
    femi = make_person("Femi Adeyemi", cast.district, Role.LEADER)
    gwen = make_person("Gwen Arroyo", cast.school_elsewhere, Role.LEADER)
    people = {name: getattr(cast, name) for name in _PEOPLE}
    actors: dict[str, Actor] = {
        name: user_of(person) for name, person in (people | {"femi": femi, "gwen": gwen}).items()
    }
    adas = _adas_records(cast)
    actors["program"] = integration_of(adas.token)
    actors["program elsewhere"] = integration_of(_token(cast.school_elsewhere))
    return Stage(cast, adas, _ghosts_of(adas), actors | {"operator": OPERATOR})


def _adas_records(cast: Cast) -> Records:
    world = make_world()
    competency, task = world.competencies["F1"], world.tasks["F1-1"]
    give_source_ids(
        [cast.ada], ["A-17"], source="sis", organization=cast.school, by=OPERATOR, at=AT
    )
    unnamed = add_unnamed_learners(
        ["u-1"], source="log", group=cast.ada_class, starts_on=SINCE, by=OPERATOR, at=AT
    ).by_source_id["u-1"]
    ben = user_of(cast.ben)
    for number in range(4):
        draft = ResponseDraft(cast.ada, task, float(number > 0), day(number))
        response = take_in(draft, by=ben, at=LATER)
    ada = user_of(cast.ada)
    token = _token(cast.school)
    sitting = start_sitting(cast.ada, competency, by=ada, at=LATER, rng=Random(1))
    return Records(
        work=hand_in(cast.ada, WorkDraft(competency, "Mine", "Words"), by=ada, at=LATER),
        uncontested=Response.objects.exclude(pk=response.pk).latest("pk"),
        contest=open_contest(response, "Words", by=ada, at=LATER),
        word=say_word(cast.ada, competency, level=1, reason="Words", by=ben, at=LATER),
        sitting=sitting,
        waiting=_waiting(sitting),
        other_competency=world.competencies["F2"],
        seat=_seat(cast, [cast.ada, unnamed], competency),
        learner=cast.ada,
        unnamed=unnamed,
        learner_name=cast.ada.name,
        source_id="A-17",
        group=cast.ada_class,
        membership=Membership.objects.get(group=cast.ada_class, person=cast.ada),
        role=RoleHeld.objects.get(person=cast.ada),
        tie=Relationship.objects.get(learner=cast.ada),
        term=_term(cast),
        organization=cast.school,
        response=response,
        artifact=_artifact(cast, at=day(5)),
        choice=choose_step(cast.ada, competency, kind=StepKind.PRACTISE, by=ben, at=LATER),
        help_request=ask_for_help(cast.ada, by=user_of(cast.ada), at=LATER),
        support=plan_support(
            cast.ada_class,
            SupportDraft("Number line walk", competency, [cast.ada], LATER.date()),
            by=user_of(cast.ben),
            at=LATER,
        ),
        note=write_note(cast.ada, "Words", by=user_of(cast.ben), at=LATER),
        family_note=write_family_note(cast.ada, "Words", by=user_of(cast.eli), at=LATER),
        candidate=fit_candidate(world.framework, by=OPERATOR, at=LATER),
        framework=world.framework,
        competency=competency,
        draft_competency=_in_draft(world.framework, competency),
        task=task,
        token=token,
        endpoint=Endpoint.objects.create(token=token, address="https://1.1.1.1/", made_at=LATER),
        merge=_merge(cast),
        apart=ToldApart.objects.create(one=cast.ada, other=unnamed, told_at=0),
        rolled_over=_rolled_over(cast),
    )


def _rolled_over(cast: Cast) -> RollOver:
    """Return that a year without lasting groups went over into the next."""
    term = create_term(
        cast.school,
        "Next",
        starts_on=LATER.date() + timedelta(days=900),
        ends_on=LATER.date() + timedelta(days=1200),
        by=OPERATOR,
        at=AT,
    )
    return RollOver.objects.create(
        organization=cast.school, to_term=term, last_day=term.starts_on, done_at=0
    )


def _merge(cast: Cast) -> Merge:
    """Return that a learner was on record twice."""
    second = make_person("Ada Okafor", cast.school, Role.STUDENT)
    return merge_people(second, cast.ada, by=OPERATOR, at=LATER)


def _seat(cast: Cast, people: Sequence[Person], competency: Competency) -> Seat:
    """Return the place of the first of these people, each in a small group of their own."""
    need = GroupNeed(NeedKind.BEGIN, competency)
    grouping = keep_groups(
        cast.ada_class,
        [SmallGroup(need, [person], "They begin.") for person in people],
        held_on=LATER.date(),
        by=user_of(cast.ben),
        at=LATER,
    )
    return Seat.objects.select_related("grouping__group").get(grouping=grouping, number=1)


def _term(cast: Cast) -> Term:
    return create_term(
        cast.school, "Year", starts_on=SINCE, ends_on=LATER.date(), by=OPERATOR, at=AT
    )


def _waiting(sitting: Sitting) -> Place:
    """Return a place of the sitting, answered with words that no key can score."""
    place = Place.objects.select_related("sitting__learner", "task").get(sitting=sitting, number=2)
    place.answered_at, place.given = to_microseconds(LATER), "Words"
    place.save()
    return place


def _artifact(cast: Cast, *, at: datetime) -> Artifact:
    return take_in_artifact(
        cast.ada,
        kind=ArtifactKind.TEXT,
        title="My fractions",
        text="A half is two quarters.",
        done_at=at,
        by=user_of(cast.ben),
        at=LATER,
    )


def _token(school: Organization) -> Token:
    scopes = TokenScope.values
    made = make_token(school, "Program", scopes=scopes, days=365, by=OPERATOR, at=AT)
    return made.token


def _in_draft(framework: Framework, competency: Competency) -> Competency:
    started = start_version(framework, version="draft", by=OPERATOR, at=LATER)
    return Competency.objects.get(framework=started, lineage=competency.lineage)


def _ghosts_of(records: Records) -> Records:
    """Return records with the same shape that are in no table."""
    learner = Person(pk=_NOWHERE, given_name="Nobody", family_name="Here")
    unnamed = Person(pk=_NOWHERE + 1, label="Learner 0")
    organization = Organization(pk=_NOWHERE, name="No School")
    group = Group(pk=_NOWHERE, name="No Class", organization=organization)
    framework = Framework(pk=_NOWHERE, identifier="none", title="Nothing")
    framework.family = framework
    sitting = Sitting(pk=_NOWHERE, learner=learner, competency=records.competency)
    return replace(
        records,
        learner=learner,
        unnamed=unnamed,
        learner_name="Nobody Here",
        source_id="B-99",
        group=group,
        membership=Membership(pk=_NOWHERE, group=group, person=learner, starts_on=SINCE),
        role=RoleHeld(pk=_NOWHERE, person=learner, organization=organization, starts_on=SINCE),
        tie=Relationship(pk=_NOWHERE, supporter=unnamed, learner=learner, starts_on=SINCE),
        term=Term(pk=_NOWHERE, organization=organization, name="None"),
        organization=organization,
        response=Response(pk=_NOWHERE, learner=learner, task=records.task, outcome=1.0),
        artifact=Artifact(pk=_NOWHERE, learner=learner, title="None"),
        seat=Seat(
            pk=_NOWHERE, grouping=Grouping(pk=_NOWHERE, group=group), learner=learner, number=1
        ),
        work=Artifact(
            pk=_NOWHERE, learner=learner, title="None", competency=records.competency, done_at=0
        ),
        uncontested=Response(pk=_NOWHERE, learner=learner, task=records.task, outcome=0.0),
        contest=Contest(pk=_NOWHERE, learner=learner, words="None"),
        word=TeachersWord(pk=_NOWHERE, learner=learner, reason="None"),
        sitting=sitting,
        waiting=Place(pk=_NOWHERE, sitting=sitting, task=records.task, number=1),
        choice=Choice(pk=_NOWHERE, learner=learner, competency=records.competency),
        help_request=HelpRequest(pk=_NOWHERE, learner=learner),
        support=Support(pk=_NOWHERE, group=group),
        note=Note(pk=_NOWHERE, learner=learner),
        family_note=FamilyNote(pk=_NOWHERE, learner=learner, written_by=_NOWHERE),
        candidate=FittedModel(pk=_NOWHERE, family=framework, version="none"),
        framework=framework,
        token=Token(pk=_NOWHERE, organization=organization, name="None"),
        endpoint=Endpoint(pk=_NOWHERE, token=Token(pk=_NOWHERE), address="None"),
        draft_competency=Competency(pk=_NOWHERE, framework=framework, statement="None"),
        rolled_over=RollOver(
            pk=_NOWHERE,
            organization=organization,
            to_term=Term(pk=_NOWHERE, organization=organization, starts_on=LATER.date()),
        ),
        merge=Merge(pk=_NOWHERE, kept=learner, other=unnamed),
        apart=ToldApart(pk=_NOWHERE, one=learner, other=unnamed),
    )
