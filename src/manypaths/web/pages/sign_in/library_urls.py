"""The pages of the library for signing in that we use, under the names by which it knows them.

All others, such as signing up, are absent.
"""

from allauth.account.views import reauthenticate
from allauth.mfa.base.views import authenticate
from allauth.mfa.base.views import reauthenticate as reauthenticate_by_code
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from manypaths.web.pages.security.library_views import own
from manypaths.web.pages.security.views import remove_passkey, show_own
from manypaths.web.pages.sign_in.views import out, start

urlpatterns = [
    path("sign-in/", start, name="account_login"),
    path("sign-out/", out, name="account_logout"),
    path("sign-in/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/second/", authenticate, name="mfa_authenticate"),
    path("sign-in/again/", own(reauthenticate), name="account_reauthenticate"),
    path("sign-in/again/code/", own(reauthenticate_by_code), name="mfa_reauthenticate"),
    path(
        "sign-in/again/passkey/",
        own(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("security/", show_own, name="mfa_index"),
    path("security/passkeys/", show_own, name="mfa_list_webauthn"),
    path("security/passkeys/add/", own(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/remove/", remove_passkey, name="mfa_remove_webauthn"),
    path("security/app/", own(totp.activate_totp), name="mfa_activate_totp"),
    path("security/app/remove/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("security/codes/", own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "security/codes/new/",
        own(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "security/codes/file/",
        own(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
