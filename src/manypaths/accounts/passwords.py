"""What a password must be: long enough for whose it is, not too long, and not one of the common."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from manypaths.people.models import Role, RoleHeld, User

ADULTS_LETTERS, STUDENTS_LETTERS, MOST_LETTERS = 12, 8, 128


class LengthForRole:
    """A password has at least twelve characters, a student's eight, and nobody's over 128."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for one that is too short or too long."""
        least = STUDENTS_LETTERS if _is_student_alone(user) else ADULTS_LETTERS
        if not least <= len(password) <= MOST_LETTERS:
            raise ValidationError(
                _("A password here has %(least)d to %(most)d characters. Three or four words do."),
                params={"least": least, "most": MOST_LETTERS},
                code="password_length",
            )

    def get_help_text(self) -> str:
        """Return what to say beside the field."""
        return _("Three or four words that only you would put together are good.")


def _is_student_alone(user: User | None) -> bool:
    if user is None or user.pk is None:
        return False
    held = RoleHeld.every_district.filter(person__user=user, ends_on=None)
    return set(held.values_list("role", flat=True)) == {Role.STUDENT}
