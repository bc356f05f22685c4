"""A fresh installation has no sign-in, and gets its first leader by a link."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from manypaths.accounts.models import Invitation
from manypaths.base.clock import now
from manypaths.cli.tests.commands import answer, run, said
from manypaths.people.models import Person, RoleHeld, User

WORDS = ("--name", "Dana Novak", "--email", "Dana@Novak.example")


def test_a_fresh_home_says_how_the_first_leader_gets_in(db: None) -> None:
    assert "manypaths invite-first-leader" in said("init", "--name", "Hill")
    assert not User.objects.exists()
    said("invite-first-leader", *WORDS)
    assert "invite-first-leader" not in said("init")


def test_the_first_leader_gets_in_by_the_link_once(db: None) -> None:
    said("init", "--name", "Hill")
    found = answer("invite-first-leader", *WORDS, "--address", "https://paths.example/")
    assert found["link"].startswith("https://paths.example/invitation/")
    assert found["link"].rpartition("/invitation/")[2].strip("/") not in str(
        list(Invitation.every_district.values_list())
    )
    client = Client()
    client.get(found["link"].removeprefix("https://paths.example"))
    answered = client.post("/invitation/", {"password": "river stone kettle"})
    assert answered.status_code == 302
    user = User.objects.get()
    assert (user.username, client.session["_auth_user_id"]) == ("dana@novak.example", str(user.pk))
    assert RoleHeld.every_district.get().role == "leader"
    assert client.get("/")["Location"] == "/security/second/"


def test_a_second_link_ends_the_first_and_makes_nobody_new(db: None) -> None:
    said("init", "--name", "Hill")
    first = said("invite-first-leader", *WORDS, "--quiet").strip()
    second = said("invite-first-leader", *WORDS, "--quiet").strip()
    assert first != second
    assert Person.every_district.count() == 1
    client = Client()
    client.get(first.partition("8000")[2])
    assert client.get("/invitation/").status_code == 404


def test_leaders_who_sign_in_invite_others_themselves(db: None) -> None:
    said("init", "--name", "Hill")
    said("invite-first-leader", *WORDS)
    User.objects.update(last_login=now())
    result = run("invite-first-leader", "--name", "Eve Stray", "--email", "eve@stray.example")
    assert result.exit_code == 1
    assert "Leaders invite others" in result.stderr
    assert Person.every_district.count() == 1


def test_the_only_leader_who_lost_all_gets_in_again_by_a_link(db: None) -> None:
    said("init", "--name", "Hill")
    said("invite-first-leader", *WORDS)
    User.objects.update(last_login=now())
    dana = User.objects.get()
    TOTP.activate(dana, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    found = answer("recover-leader", "--email", " Dana@novak.example")
    assert found["name"] == "Dana Novak"
    assert not Authenticator.objects.exists()
    client = Client()
    client.get(found["link"].partition("8000")[2])
    client.post("/invitation/", {"password": "river stone kettle"})
    assert client.session["_auth_user_id"] == str(dana.pk)
    assert client.get("/")["Location"] == "/security/second/"
    assert Person.every_district.count() == 1


def test_only_a_leader_of_the_district_is_let_in_again(db: None) -> None:
    said("init", "--name", "Hill")
    said("invite-first-leader", *WORDS)
    result = run("recover-leader", "--email", "eve@stray.example")
    assert result.exit_code == 1
    assert "No leader of this district signs in by “eve@stray.example”." in result.stderr
    assert Invitation.every_district.count() == 1
