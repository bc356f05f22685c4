"""The sentences of My path: whole ones, so that each can be translated."""

from collections.abc import Mapping
from datetime import date

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from manypaths.base.clock import from_microseconds
from manypaths.base.scope import current_scope
from manypaths.estimates.moves import Direction, Move
from manypaths.estimates.status import Certainty, Status
from manypaths.evidence.latest import Work
from manypaths.evidence.models import RaterRole, Rating, Response
from manypaths.plans.models import Choice, StepKind
from manypaths.web.templatetags.marks import CERTAINTY_WORDS

# As far back a day is called by its name alone.
_DAYS_BY_NAME = 6


def summary(
    counts: dict[Status, int], n_moved: int, n_offers: int, name: str, *, is_own: bool
) -> SafeString:
    """Return what is true today: what is shown of how many, what is ready, what moved."""
    n_all = sum(counts.values())
    if counts[Status.NOT_STARTED] == n_all:
        return _nothing_yet(n_offers, name, is_own=is_own)
    n_shown = counts[Status.DEMONSTRATED] + counts[Status.REFRESH]
    sentences = [_shown(n_shown, n_all, name, is_own=is_own)]
    n_ready = counts[Status.READY]
    if n_ready:
        ready = ngettext("One is <b>ready to show</b>.", "{n} are <b>ready to show</b>.", n_ready)
        sentences.append(format_html(ready, n=n_ready))
    if n_moved:
        moved = ngettext("One moved this week.", "{n} moved this week.", n_moved)
        sentences.append(format_html(moved, n=n_moved))
    return format_html_join(" ", "{}", ((sentence,) for sentence in sentences))


def _shown(n_shown: int, n_all: int, name: str, *, is_own: bool) -> SafeString:
    if is_own:
        return format_html(gettext("You have shown <b>{n} of {all}</b>."), n=n_shown, all=n_all)
    text = gettext("{name} has shown <b>{n} of {all}</b>.")
    return format_html(text, name=name, n=n_shown, all=n_all)


def _nothing_yet(n_offers: int, name: str, *, is_own: bool) -> SafeString:
    if not is_own:
        return format_html(gettext("Nothing is known of {name} here yet."), name=name)
    if not n_offers:
        text = gettext("Nothing is known here yet. <b>You may know plenty already</b>.")
        return format_html(text, n=n_offers)
    text = ngettext(
        "Nothing is known here yet. <b>You may know plenty already</b>: one way to begin.",
        "Nothing is known here yet. <b>You may know plenty already</b>: {n} ways to begin.",
        n_offers,
    )
    return format_html(text, n=n_offers)


def moved_mark(move: Move, today: date) -> str:
    """Return the words of a move on the map."""
    day = named_day(move.day, today)
    if move.direction is Direction.SOFT:
        return gettext("less sure, {day}").format(day=day)
    return gettext("moved {day}").format(day=day)


def named_day(day: date, today: date) -> str:
    """Return a day of this week by its name, another by its date."""
    if 0 <= (today - day).days <= _DAYS_BY_NAME:
        return str(WEEKDAYS[day.weekday()])
    return date_format(day, "MONTH_DAY_FORMAT")


def shown_in(day: date, today: date) -> str:
    """Return when something was shown: the month this year, else the year."""
    if day.year == today.year:
        return gettext("shown in {month}").format(month=MONTHS[day.month])
    return gettext("shown in {year}").format(year=day.year)


def what_moved(move: Move) -> SafeString:
    """Return which competency moved, and where to."""
    return format_html(_way_of(move), name=move.competency.name)


def _way_of(move: Move) -> str:
    if move.direction is Direction.SOFT:
        if move.status is Status.REFRESH:
            return gettext("<b>{name}</b> is worth a refresh")
        return gettext("<b>{name}</b> is a little less sure")
    if move.direction is Direction.SAME:
        return gettext("<b>{name}</b> stays where it was")
    if not move.is_new_status:
        return gettext("<b>{name}</b> went up")
    return {
        Status.NEEDS_EVIDENCE: gettext("<b>{name}</b> has first evidence"),
        Status.GROWING: gettext("<b>{name}</b> is growing"),
        Status.READY: gettext("<b>{name}</b> is ready to show"),
        Status.DEMONSTRATED: gettext("<b>{name}</b> is demonstrated"),
    }.get(move.status, gettext("<b>{name}</b> went up"))


def why_moved(move: Move, levels: Mapping[int, str]) -> str:
    """Return what was behind a move, and that a softer one takes nothing away."""
    if move.achievement:
        if move.signer is None:
            return gettext("It was signed off.")
        return gettext("Signed off by {name}.").format(name=move.signer.name)
    sentences = [*_answers(move), *_ratings(move, levels)]
    if move.direction is Direction.UP and move.is_new_status and _was_unsure(move):
        sentences.append(gettext("Before, we were not sure yet."))
    if move.direction is Direction.SOFT:
        sentences.append(gettext("Nothing that was shown is taken away."))
    return " ".join(sentences)


def _answers(move: Move) -> list[str]:
    answers = [piece.row for piece in move.pieces if isinstance(piece.row, Response)]
    if not answers:
        return []
    n_right = sum(row.outcome == 1 for row in answers)
    return [f"{n_of_n_right(n_right, len(answers))}."]


def _ratings(move: Move, levels: Mapping[int, str]) -> list[str]:
    ratings = [piece.row for piece in move.pieces if isinstance(piece.row, Rating)]
    return [f"{rated(row, levels.get(row.level, ''))}." for row in ratings]


def _was_unsure(move: Move) -> bool:
    return move.certainty_before is Certainty.NOT_YET and move.before is not Status.NOT_STARTED


def n_of_n_right(n_right: int, n: int) -> str:
    """Return how many answers were right."""
    text = ngettext("{right} of {n} right", "{right} of {n} right", n)
    return text.format(right=n_right, n=n)


def rated(rating: Rating, level: str) -> str:
    """Return who gave which level."""
    if rating.role == RaterRole.SELF:
        return gettext("Own rating: “{level}”").format(level=level)
    return gettext("Rated “{level}” by {name}").format(level=level, name=rating.rater.name)


def sureness(certainty: str, n_pieces: int) -> str:
    """Return how sure we are, and of how many pieces of evidence."""
    text = ngettext("{certainty}, {n} piece", "{certainty}, {n} pieces", n_pieces)
    return text.format(certainty=CERTAINTY_WORDS[certainty], n=n_pieces)


def how_chosen(choice: Choice, today: date, *, is_own: bool) -> str:
    """Return of what kind a choice is, and who made it when."""
    if choice.is_learners_own:
        text = gettext("{kind} · chosen {day}")
    elif is_own:
        text = gettext("{kind} · planned for you {day}")
    else:
        text = gettext("{kind} · planned {day}")
    moment = from_microseconds(choice.chosen_at).astimezone(current_scope().zone)
    return text.format(kind=StepKind(choice.kind).label, day=named_day(moment.date(), today))


def what_was_done(work: Work) -> str:
    """Return what a line of the record is about."""
    if work.artifact:
        return work.artifact.title
    return work.competency.name if work.competency else ""


def how_it_went(work: Work) -> str:
    """Return how a line of the record went."""
    if work.artifact:
        return gettext("Kept as evidence")
    if work.rating is None:
        return n_of_n_right(work.n_right, work.n_answers)
    return rated(work.rating, work.level)


def kind_and_minutes(kind: StepKind, minutes: int | None) -> str:
    """Return the kind of a step, and how long it takes where that is known."""
    words = str(kind.label)
    if not minutes:
        return words
    text = ngettext("{kind} · about {n} minute", "{kind} · about {n} minutes", minutes)
    return text.format(kind=words, n=minutes)
