"""What the family's page says of each child."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from manypaths.estimates.models import Achievement
from manypaths.estimates.summaries import Summary, summaries_of
from manypaths.people.access import Actor
from manypaths.people.models import Person
from manypaths.plans.family_notes import LONGEST, NoteFromHome, family_notes_of

_MOST_SHOWN, _MOST_NOTES = 5, 5


@dataclass(frozen=True)
class Child:
    """A child with a sentence, the newest of what they have shown, and notes from home."""

    person: Person
    sentence: SafeString
    lately: str
    newest: Sequence[Achievement]
    notes: Sequence[NoteFromHome]
    refusal: str
    words: str
    longest: int = LONGEST

    @property
    def name(self) -> str:
        """Return the name by which the family calls the child."""
        return self.person.first_name


def children_of(
    cares_for: Sequence[Person], *, by: Actor, refused: tuple[int, str, str] | None = None
) -> list[Child]:
    """Return what to show of each child in one's care. A fixed number of queries.

    `refused` is the row id of the child about whom a note was refused, why, and its words.
    """
    notes = family_notes_of(cares_for, by=by)
    return [
        Child(
            person=summary.learner,
            sentence=sentence(summary),
            lately=lately(summary),
            newest=summary.demonstrated[:_MOST_SHOWN],
            notes=notes[summary.learner.pk][:_MOST_NOTES],
            refusal=refused[1] if refused and refused[0] == summary.learner.pk else "",
            words=refused[2] if refused and refused[0] == summary.learner.pk else "",
        )
        for summary in summaries_of(cares_for, by=by)
    ]


def sentence(summary: Summary) -> SafeString:
    """Return in a sentence what a child has shown so far."""
    name = summary.learner.first_name
    if not summary.n_pieces and not summary.demonstrated:
        said = gettext("{name} is just beginning: there is no work here yet.")
        return format_html(said, name=name)
    if not summary.demonstrated:
        said = ngettext(
            "{name} is on the way: <b>{count} piece of evidence</b> so far, none signed off.",
            "{name} is on the way: <b>{count} pieces of evidence</b> so far, none signed off.",
            summary.n_pieces,
        )
        return format_html(said, name=name, count=summary.n_pieces)
    newest = summary.demonstrated[0]
    said = ngettext(
        "{name} has shown <b>{count} competency</b>. It is “{title}”, on {date}.",
        "{name} has shown <b>{count} competencies</b>. The newest is “{title}”, on {date}.",
        len(summary.demonstrated),
    )
    return format_html(
        said,
        name=name,
        count=len(summary.demonstrated),
        title=newest.competency.name,
        date=date_format(newest.demonstrated_on, "MONTH_DAY_FORMAT"),
    )


def lately(summary: Summary) -> str:
    """Return when the newest work was done, nothing where that is not known."""
    if summary.last_done_at is None:
        return ""
    day = date_format(localtime(summary.last_done_at), "DATE_FORMAT")
    return gettext("The newest work here is of {date}.").format(date=day)
