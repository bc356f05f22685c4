"""What no longer counts stays readable, and says why and since when."""

import pytest

from manypaths.base.clock import to_microseconds
from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.evidence import services
from manypaths.evidence.drafts import RatingDraft, ResponseDraft
from manypaths.evidence.models import ArtifactKind, RaterRole, Response, Withdrawal
from manypaths.evidence.services import Piece
from manypaths.evidence.tests.shelf import LATER, Shelf, day, make_shelf
from manypaths.people.models import Membership, Part, Person, Role
from manypaths.people.services import enroll
from manypaths.people.tests.cast import AT, OPERATOR, SINCE, Cast, make_person, user_of


@pytest.fixture
def shelf(cast: Cast) -> Shelf:
    return make_shelf()


def answer(cast: Cast, shelf: Shelf, *, by: Person | None = None, number: int = 0) -> Response:
    draft = ResponseDraft(cast.ada, shelf.item, 1.0, day(number), chosen=0, attempt=2)
    return services.record_response(draft, by=user_of(by or cast.ben), at=LATER)


def pieces(cast: Cast, shelf: Shelf) -> list[Piece]:
    """Return one piece of evidence of each kind."""
    rating = RatingDraft(cast.ada, shelf.a, 2, cast.ben, RaterRole.TEACHER, day(0))
    return [
        answer(cast, shelf),
        services.record_rating(rating, by=OPERATOR, at=LATER),
        services.record_artifact(
            cast.ada,
            kind=ArtifactKind.TEXT,
            title="Mine",
            text="Words",
            done_at=day(0),
            by=OPERATOR,
            at=LATER,
        ),
    ]


def test_a_withdrawn_piece_stays_readable_with_its_reason(cast: Cast, shelf: Shelf) -> None:
    ben = user_of(cast.ben)
    for piece in pieces(cast, shelf):
        services.withdraw_evidence(piece, reason=" Entered twice ", by=ben, at=LATER)
        assert not type(piece).objects.standing().exists()
        withdrawal = type(piece).objects.get().withdrawal
        assert withdrawal is not None
        assert (withdrawal.reason, withdrawal.actor_id) == ("Entered twice", ben.pk)
        assert withdrawal.at == to_microseconds(LATER)


def test_a_piece_is_withdrawn_once_and_with_a_reason(cast: Cast, shelf: Shelf) -> None:
    for piece in pieces(cast, shelf):
        with pytest.raises(Refused, match="Say in a few words why"):
            services.withdraw_evidence(piece, reason=" ", by=OPERATOR, at=LATER)
        services.withdraw_evidence(piece, reason="Twice", by=OPERATOR, at=LATER)
        with pytest.raises(Refused, match="withdrawn already"):
            services.withdraw_evidence(piece, reason="Again", by=OPERATOR, at=LATER)
    assert Withdrawal.objects.count() == 3


@pytest.mark.parametrize(
    ("name", "may"),
    [("ada", False), ("ben", True), ("cleo", False), ("dana", True), ("eli", False)],
)
def test_the_learners_teachers_withdraw_and_nobody_else(
    cast: Cast, shelf: Shelf, name: str, may: bool
) -> None:
    piece = answer(cast, shelf, by=cast.dana)
    by = user_of(getattr(cast, name))
    if may:
        services.withdraw_evidence(piece, reason="Twice", by=by, at=LATER)
    else:
        with pytest.raises(NotFound):
            services.withdraw_evidence(piece, reason="Twice", by=by, at=LATER)
    assert Response.objects.standing().exists() is not may


def test_whoever_recorded_a_piece_takes_it_back(cast: Cast, shelf: Shelf) -> None:
    piece = answer(cast, shelf, by=cast.ada)
    services.withdraw_evidence(piece, reason="Not mine", by=user_of(cast.ada), at=LATER)
    assert not Response.objects.standing().exists()


def test_a_correction_stands_in_for_the_response_on_its_own_date(cast: Cast, shelf: Shelf) -> None:
    first = answer(cast, shelf)
    before = AuditEntry.objects.count()
    second = services.correct_response(
        first, outcome=0.0, chosen=1, reason="Misread", by=user_of(cast.ben), at=LATER
    )
    assert list(Response.objects.standing()) == [second]
    assert (second.outcome, second.chosen, second.attempt) == (0.0, 1, 2)
    assert (second.done_at, second.clock) == (first.done_at, first.clock)
    assert Response.objects.get(pk=first.pk).outcome == 1.0
    entry = AuditEntry.objects.latest("pk")
    assert AuditEntry.objects.count() == before + 1
    assert (entry.deed, entry.facts) == ("correct response", {"before": first.pk})


@pytest.mark.parametrize(
    ("outcome", "chosen", "reason"), [(1.5, None, "Misread"), (0.0, 9, "Misread"), (0.0, 1, " ")]
)
def test_a_correction_that_can_not_be_changes_nothing(
    cast: Cast, shelf: Shelf, outcome: float, chosen: int | None, reason: str
) -> None:
    first = answer(cast, shelf)
    with pytest.raises(Refused):
        services.correct_response(
            first, outcome=outcome, chosen=chosen, reason=reason, by=OPERATOR, at=LATER
        )
    assert list(Response.objects.standing()) == [first]


def test_an_outsider_learns_nothing_of_the_task_by_a_correction(cast: Cast, shelf: Shelf) -> None:
    first = answer(cast, shelf)
    with pytest.raises(NotFound):
        services.correct_response(
            first, outcome=2.0, chosen=99, reason="", by=user_of(cast.cleo), at=LATER
        )


def test_what_was_withdrawn_is_not_corrected(cast: Cast, shelf: Shelf) -> None:
    first = answer(cast, shelf)
    services.withdraw_evidence(first, reason="Twice", by=OPERATOR, at=LATER)
    with pytest.raises(Refused, match="withdrawn already"):
        services.correct_response(
            first, outcome=0.0, chosen=None, reason="Misread", by=OPERATOR, at=LATER
        )


def test_many_are_withdrawn_as_one_deed(cast: Cast, shelf: Shelf) -> None:
    rows = [answer(cast, shelf, number=number) for number in range(3)]
    services.withdraw_evidence(rows[0], reason="Twice", by=OPERATOR, at=LATER)
    before = AuditEntry.objects.count()
    done = services.withdraw_responses(
        [row.pk for row in rows],
        organization=cast.school,
        reason="A wrong file",
        by=user_of(cast.dana),
        at=LATER,
    )
    assert (done.n, set(done.learners), set(done.tasks)) == (2, {cast.ada.pk}, {shelf.item.pk})
    assert not Response.objects.standing().exists()
    reasons = Response.objects.order_by("pk").values_list("withdrawal__reason", flat=True)
    assert list(reasons) == ["Twice", "A wrong file", "A wrong file"]
    assert AuditEntry.objects.count() == before + 1


def test_of_many_none_is_withdrawn_where_one_is_not_ones_own(cast: Cast, shelf: Shelf) -> None:
    other = Membership.objects.get(group=cast.cleo_class, part=Part.LEARNER).person
    theirs = services.record_response(
        ResponseDraft(other, shelf.item, 1.0, day(0)), by=OPERATOR, at=LATER
    )
    own = answer(cast, shelf)
    for ids in ([own.pk, theirs.pk], [own.pk, 10**12]):
        with pytest.raises(NotFound):
            services.withdraw_responses(
                ids, organization=cast.school, reason="x", by=user_of(cast.dana), at=LATER
            )
    assert Response.objects.standing().count() == 2


def test_many_are_withdrawn_with_a_reason(cast: Cast, shelf: Shelf) -> None:
    row = answer(cast, shelf)
    with pytest.raises(Refused, match="Say in a few words why"):
        services.withdraw_responses(
            [row.pk], organization=cast.school, reason="", by=OPERATOR, at=LATER
        )


def test_a_former_teacher_withdraws_what_they_recorded_themselves(cast: Cast, shelf: Shelf) -> None:
    substitute = make_person("Sam Reed", cast.school, Role.TEACHER)
    enroll(cast.ada_class, [substitute], part=Part.LEAD, starts_on=SINCE, by=OPERATOR, at=AT)
    own, other = answer(cast, shelf, by=substitute), answer(cast, shelf, number=1)
    substitute.memberships.update(ends_on=SINCE)
    by = user_of(substitute)
    services.withdraw_evidence(own, reason="Wrong learner", by=by, at=LATER)
    with pytest.raises(NotFound):
        services.withdraw_evidence(other, reason="Wrong learner", by=by, at=LATER)
