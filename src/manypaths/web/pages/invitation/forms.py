"""The form by which an invitation is accepted."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manypaths.people.models import User


class AcceptForm(forms.Form):
    """A PIN where one is asked for, and a password unless another way was chosen."""

    pin = forms.CharField(
        label=gettext_lazy("PIN that the school told you"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Three or four words that only you would put together are good."),
    )

    def __init__(self, *args: object, user: User | None, needs_pin: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own
        self.user = user
        if not needs_pin:
            del self.fields["pin"]

    def clean(self) -> dict[str, object]:
        """Check the password where that is the chosen way."""
        cleaned: dict[str, object] = super().clean() or {}
        if self.way != "password":
            return cleaned
        password = str(cleaned.get("password") or "")
        if not password:
            self.add_error("password", _("Choose a password, or one of the other ways."))
            return cleaned
        try:
            validate_password(password, self.user)
        except forms.ValidationError as error:
            self.add_error("password", error)
        return cleaned

    @property
    def way(self) -> str:
        """Return how the person wants to sign in: password, passkey or pictures."""
        way = self.data.get("way", "password")
        return way if way in ("password", "passkey", "pictures") else "password"


class InviteForm(forms.Form):
    """How an invitation reaches somebody: by mail to an address, or on paper."""

    email = forms.EmailField(label=gettext_lazy("Email"), required=False)
    with_pin = forms.BooleanField(
        label=gettext_lazy("Ask for a PIN, which I tell them apart from the invitation"),
        required=False,
    )

    has_lost_all = forms.BooleanField(
        label=gettext_lazy("They lost their passkey, app and recovery codes: take these away"),
        required=False,
    )

    def clean(self) -> dict[str, object]:
        """See that a mail has an address to go to."""
        cleaned: dict[str, object] = super().clean() or {}
        if self.is_by_mail and not cleaned.get("email") and not self.errors:
            self.add_error("email", _("A mail needs an address."))
        return cleaned

    @property
    def is_by_mail(self) -> bool:
        """Say whether it is to go by mail."""
        return self.data.get("way") == "mail"
