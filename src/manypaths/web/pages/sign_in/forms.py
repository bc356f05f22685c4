"""The forms of signing in."""

from allauth.account.forms import LoginForm, ReauthenticateForm
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from manypaths.accounts.pictures import N_TO_PICK, PICTURES
from manypaths.accounts.sessions import SHARED
from manypaths.base.errors import Refused


class SignInForm(LoginForm):
    """A name and a password, and whether others use this device too."""

    shared = forms.BooleanField(label=_("Others use this device too"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Email or learner code"),
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        )
        self.fields["password"] = forms.CharField(
            label=_("Password"),
            max_length=200,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )
        self.order_fields(["login", "password", "shared"])

    def clean(self) -> dict[str, object]:
        """Check the password; a rush of people who do so at once is said, not suffered."""
        try:
            cleaned: dict[str, object] = super().clean()
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from None
        return cleaned

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in, and remember for this session whether the device is shared."""
        request.session[SHARED] = self.cleaned_data["shared"]
        response: HttpResponse = super().login(request, redirect_url)
        return response


class AgainForm(ReauthenticateForm):
    """The password once more, before how one signs in is changed."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.fields["password"].widget = forms.PasswordInput(
            attrs={"autocomplete": "current-password"}
        )


class CodeForm(forms.Form):
    """A code from a slip, a card, a mail or a teacher."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class ClassCodeForm(forms.Form):
    """The code on the wall of a classroom."""

    code = forms.CharField(
        label=_("Class code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class ForgottenForm(forms.Form):
    """The address of somebody who forgot their password."""

    email = forms.EmailField(
        label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class PicturesForm(forms.Form):
    """Three pictures in order."""

    first = forms.ChoiceField(label=_("First picture"), widget=forms.RadioSelect)
    second = forms.ChoiceField(label=_("Second picture"), widget=forms.RadioSelect)
    third = forms.ChoiceField(label=_("Third picture"), widget=forms.RadioSelect)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own
        for field in self.fields.values():
            field.choices = list(PICTURES.items())  # type: ignore[attr-defined]

    @property
    def pictures(self) -> list[str]:
        """Return what was picked, in order."""
        picked = [self.cleaned_data[name] for name in ("first", "second", "third")]
        assert len(picked) == N_TO_PICK
        return picked
