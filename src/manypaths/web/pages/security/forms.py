"""The forms of one's own sign-in."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manypaths.people.models import User


class PasskeyForm(AddWebAuthnForm):
    """A passkey with the name that its owner gives it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=gettext_lazy("What you call it"), max_length=60, required=False
        )
        self.fields["passwordless"].initial = True

    def clean_name(self) -> str:
        """Return the name, or one that says what it is."""
        return self.cleaned_data["name"] or _("Passkey")


class PasswordForm(forms.Form):
    """A new password, typed once and shown on wish by the browser."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Three or four words that only you would put together are good."),
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        self.user = user
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own

    def clean_password(self) -> str:
        """Return the password. Raises ValidationError for one that is too short or too common."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password
