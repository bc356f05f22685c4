"""From an empty district to the first class, by the forms of one page."""

import re

from django.test import Client
from django.urls import reverse

from manypaths.people.models import Group, Membership, Organization, Part, Role
from manypaths.people.tests.cast import OPERATOR, Cast, make_person
from manypaths.plans.queries import framework_of_group
from manypaths.web.tests.clients import client_of, page

START = reverse("school:start")


def leader_of(district: Organization) -> Client:
    return client_of(make_person("Femi Adeyemi", district, Role.LEADER))


def form_on(client: Client, button: str) -> tuple[str, dict[str, str]]:
    """Return where the form with this button goes, and what it holds already."""
    html = client.get(START).content.decode()
    for form in re.findall(r"<form.*?</form>", html, re.DOTALL):
        if button in form:
            action = re.search(r'action="([^"]*)"', form)
            fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
            pressed = re.search(rf'name="(\w+)" value="([^"]*)">[^<]*{re.escape(button)}', form)
            assert action is not None
            if pressed:
                fields[pressed[1]] = pressed[2]
            return action[1].replace("&amp;", "&"), fields
    raise AssertionError(f"no form with {button}: {html}")


def press(client: Client, button: str, **typed: str) -> str:
    action, fields = form_on(client, button)
    return client.post(action, {**fields, **typed}, follow=True).content.decode()


def test_an_empty_district_leads_its_leader_to_the_first_step(district: Organization) -> None:
    femi = leader_of(district)
    assert "What is it called?" in page(femi, "/").text


def test_the_steps_lead_to_a_class_with_everything(district: Organization) -> None:
    femi = leader_of(district)
    press(femi, "Add the school", name="Hill School")
    press(femi, "Make the class", name="7B")
    looked = press(femi, "Look at the list", names="Ada Okafor\nBo Lind")
    assert "2 people</b> will be added" in looked
    action, fields = form_on(femi, "Look at the list")
    femi.post(action, {**fields, "names": "Ada Okafor\nBo Lind", "save": "1"})
    press(femi, "Bring in Mathematics")
    press(femi, "I teach it myself")
    group = Group.objects.get()
    works_by = framework_of_group(group, by=OPERATOR)
    assert works_by is not None
    assert works_by.tasks.count() > 100
    assert Membership.objects.filter(group=group, part=Part.LEARNER).count() == 2
    assert "Your first class works" in page(femi, START).text


def test_a_teacher_is_added_and_leads_the_class(district: Organization) -> None:
    femi = leader_of(district)
    press(femi, "Add the school", name="Hill School")
    press(femi, "Make the class", name="7B")
    group = Group.objects.get()
    form = {"names": "Ben Silva", "role": "teacher", "group": group.public_id, "leads": "on"}
    femi.post(reverse("people:add"), {**form, "save": "1"})
    assert Membership.objects.get(group=group).part == Part.LEAD


def test_a_district_that_works_opens_on_its_people(cast: Cast) -> None:
    femi = leader_of(cast.district)
    assert "What they learn" in page(femi, "/").text
    femi.post(reverse("school:starter"), {"name": "mathematics-6-8", "group": _class(cast)})
    assert "learn, teach or care at" in page(femi, "/").text


def _class(cast: Cast) -> str:
    return str(Group.objects.order_by("pk")[0].public_id)


def test_first_steps_are_for_leaders(cast: Cast) -> None:
    for person in (cast.ada, cast.ben, cast.eli):
        assert client_of(person).get(START).status_code == 404
    answer = client_of(cast.dana).post(reverse("school:starter"), {"name": "mathematics-6-8"})
    assert answer.status_code == 404  # frameworks are the district's


def test_a_group_s_framework_is_chosen_on_its_page(cast: Cast) -> None:
    femi = leader_of(cast.district)
    femi.post(reverse("school:starter"), {"name": "educator-competencies", "group": _class(cast)})
    shown = page(femi, reverse("groups:one", args=[_class(cast)]))
    assert "Educator competencies" in shown.text


def test_an_unknown_starter_is_refused(cast: Cast) -> None:
    answer = leader_of(cast.district).post(reverse("school:starter"), {"name": "../x"})
    assert answer.status_code == 400
