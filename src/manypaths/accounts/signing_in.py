"""The sign-in of a person: found, or made by an address or a learner code."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext as _

from manypaths.accounts.tokens import new_learner_code
from manypaths.base.errors import Refused
from manypaths.people.models import Person, User


def sign_in_of(person: Person, *, email: str = "") -> User:
    """Return the sign-in of a person; one without gets it, by the address or a learner code.

    An address that is given takes the place of the one before. Raises Refused for what is no
    address, or is somebody else's. A part of deeds that have checked who asks.
    """
    address = _address(email) if email.strip() else None
    user = person.user
    if user is None:
        user = User(username=address or _free_learner_code(), email=address)
        user.set_unusable_password()
    elif address is not None and user.email != address:
        # Who signed in by an address signs in by the new one; a learner code stays.
        user.username = address if "@" in user.username else user.username
        user.email = address
    if address is not None:
        _require_free(address, user)
    user.save()
    if person.user_id is None:
        person.user = user
        person.save(update_fields=["user"])
    return user


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(_("“%(text)s” is no e-mail address.") % {"text": email}) from None
    return address


def _require_free(address: str, user: User) -> None:
    if User.objects.filter(Q(email=address) | Q(username=address)).exclude(pk=user.pk).exists():
        raise Refused(_("Somebody signs in by this address already."))


def _free_learner_code() -> str:
    while True:
        code = new_learner_code()
        if not User.objects.filter(username=code).exists():
            return code
