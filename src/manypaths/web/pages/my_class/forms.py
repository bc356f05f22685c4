"""Forms of a class's acts."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from manypaths.evidence.models import Task
from manypaths.frameworks.models import Level
from manypaths.people.models import Person
from manypaths.plans.supporting import LONGEST_NOTE, LONGEST_TITLE, MOST_SESSIONS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _day_field(label: "str | _StrPromise") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


class LearnersForm(forms.Form):
    """Some learners of a class, all ticked until somebody unticks them."""

    learner = forms.MultipleChoiceField(
        label=_("Learners"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one learner.")},
    )

    def __init__(
        self, learners: Sequence[Person], posted: QueryDict | None = None, **initial: Any
    ) -> None:
        ids = [str(learner.public_id) for learner in learners]
        super().__init__(posted, initial={"learner": ids, **initial})
        self._learners = dict(zip(ids, learners, strict=True))
        field = self.fields["learner"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one, learner.name) for one, learner in self._learners.items()]

    def chosen(self) -> list[Person]:
        """Return the learners that are ticked."""
        return [self._learners[one] for one in self.cleaned_data["learner"]]


class SignForm(LearnersForm):
    """What learners demonstrated, and when."""

    demonstrated_on = _day_field(_("Demonstrated on"))
    note = forms.CharField(
        label=_("Note (learners and families read it)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, learners: Sequence[Person], today: date, posted: QueryDict | None = None
    ) -> None:
        super().__init__(learners, posted, demonstrated_on=today)


class HelpForm(LearnersForm):
    """Help that is planned."""

    title = forms.CharField(label=_("What will the help be?"), max_length=LONGEST_TITLE)
    given_by = forms.CharField(label=_("Who gives it?"), max_length=100, required=False)
    planned_for = _day_field(_("First day"))
    n_sessions = forms.IntegerField(
        label=_("How many sessions?"), min_value=1, max_value=MOST_SESSIONS
    )

    def __init__(
        self, learners: Sequence[Person], today: date, posted: QueryDict | None = None
    ) -> None:
        super().__init__(learners, posted, planned_for=today, n_sessions=1)

    def drafted(self) -> dict[str, Any]:
        """Return what a plan needs besides the competency."""
        names = ("title", "given_by", "planned_for", "n_sessions")
        return {name: self.cleaned_data[name] for name in names} | {"learners": self.chosen()}


class SessionForm(forms.Form):
    """A session of planned help."""

    held_on = _day_field(_("Day"))
    minutes = forms.IntegerField(
        label=_("Minutes, if you know"), min_value=1, max_value=600, required=False
    )

    def __init__(self, today: date, posted: QueryDict | None = None) -> None:
        super().__init__(posted, initial={"held_on": today})


class NoteForm(forms.Form):
    """A note for educators alone."""

    text = forms.CharField(
        label=_("Note"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )


class RatingsForm(forms.Form):
    """One level a learner, for a whole class; those left blank are not rated."""

    done_on = _day_field(_("Seen on"))

    def __init__(
        self,
        learners: Sequence[Person],
        levels: Sequence[Level],
        today: date,
        posted: QueryDict | None = None,
    ) -> None:
        super().__init__(posted, initial={"done_on": today})
        self._learners = learners
        # The first one takes a level back that was picked by mistake.
        named = [(str(level.position), str(level)) for level in levels]
        self.choices = [("", _("not seen")), *named]
        for learner in learners:
            self.fields[self._name(learner)] = forms.ChoiceField(
                label=learner.name,
                choices=self.choices,
                required=False,
                initial="",
            )

    def rows(self) -> list[tuple[Person, forms.BoundField]]:
        """Return each learner with the field of their row, for each of `choices` a button."""
        return [(learner, self[self._name(learner)]) for learner in self._learners]

    def chosen(self) -> list[tuple[Person, int]]:
        """Return who was rated, and at which level."""
        found = [(one, self.cleaned_data[self._name(one)]) for one in self._learners]
        return [(learner, int(level)) for learner, level in found if level != ""]

    @staticmethod
    def _name(learner: Person) -> str:
        return f"level-{learner.public_id}"


class AnswerForm(forms.Form):
    """One learner's work on one task."""

    learner = forms.ChoiceField(label=_("Who"))
    task = forms.ChoiceField(label=_("On what"))
    outcome = forms.ChoiceField(
        label=_("It was"),
        choices=[("1", _("right")), ("0.5", _("right in part")), ("0", _("wrong"))],
        widget=forms.RadioSelect,
    )
    done_on = _day_field(_("Done on"))

    def __init__(
        self,
        learners: Sequence[Person],
        tasks: Sequence[Task],
        today: date,
        posted: QueryDict | None = None,
    ) -> None:
        super().__init__(posted, initial={"done_on": today})
        self._learners = {str(person.public_id): person for person in learners}
        self._tasks = {str(task.public_id): task for task in tasks}
        named = [(key, person.name) for key, person in self._learners.items()]
        asked = [(key, t.called) for key, t in self._tasks.items()]
        for name, choices in (("learner", named), ("task", asked)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    @property
    def chosen_learner(self) -> Person:
        """Return whose work it was."""
        return self._learners[self.cleaned_data["learner"]]

    @property
    def chosen_task(self) -> Task:
        """Return on what it was."""
        return self._tasks[self.cleaned_data["task"]]
