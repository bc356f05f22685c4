"""What a roster says of birth, sex and origin: sealed, read by right alone, useless elsewhere."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from manypaths.base.errors import NotFound, Refused
from manypaths.base.models import AuditEntry
from manypaths.base.scope import district_scope
from manypaths.demographics import keys
from manypaths.demographics.models import DataKey, Demographics, DemographicsRight
from manypaths.demographics.queries import (
    demographics_of,
    demographics_rights,
    leaders_without_right,
    right_for,
)
from manypaths.demographics.sealing import VERSION, Unopened, new_key, seal, unseal
from manypaths.demographics.services import (
    end_demographics_right,
    give_demographics_right,
    rewrap_keys,
    take_in_demographics,
)
from manypaths.people.models import Role
from manypaths.people.tests.cast import AT, OPERATOR, Cast, make_district, make_person, user_of

FACTS = {"birthDate": "2014-03-01", "sex": "female", "asian": "true", "metadata.el": "no"}
DAY = "2014-03-01"


@pytest.fixture
def sealed(cast: Cast) -> Demographics:
    take_in_demographics({cast.ada.pk: FACTS}, district=cast.district, by=OPERATOR, at=AT)
    return Demographics.objects.get(person=cast.ada)


@pytest.fixture
def right(cast: Cast) -> DemographicsRight:
    return give_demographics_right(cast.dana, by=OPERATOR, at=AT)


def read(cast: Cast) -> dict[str, str]:
    return demographics_of(cast.ada, by=user_of(cast.dana))


# --- who reads


@pytest.mark.usefixtures("sealed")
def test_nobody_reads_by_their_role_alone(cast: Cast) -> None:
    femi = make_person("Femi Adeyemi", cast.district, Role.LEADER)
    for person in (cast.ada, cast.ben, cast.cleo, cast.dana, cast.eli, femi):
        with pytest.raises(NotFound):
            demographics_of(cast.ada, by=user_of(person))
    with pytest.raises(NotFound):
        demographics_of(cast.ada, by=OPERATOR)


@pytest.mark.usefixtures("sealed")
def test_a_leader_with_the_right_reads_of_those_they_lead_until_it_ends(
    cast: Cast, right: DemographicsRight
) -> None:
    assert read(cast) == FACTS
    assert demographics_of(cast.ben, by=user_of(cast.dana)) == {}
    with pytest.raises(NotFound):
        demographics_of(cast.cleo, by=user_of(cast.dana))
    end_demographics_right(right, by=OPERATOR, at=AT)
    with pytest.raises(NotFound):
        read(cast)
    with pytest.raises(Refused, match="ended already"):
        end_demographics_right(right, by=OPERATOR, at=AT)


def test_the_right_is_given_by_who_leads_the_district_and_to_another_leader(cast: Cast) -> None:
    femi = make_person("Femi Adeyemi", cast.district, Role.LEADER)
    with pytest.raises(NotFound):
        give_demographics_right(femi, by=user_of(cast.dana), at=AT)
    with pytest.raises(Refused, match="another leader can"):
        give_demographics_right(femi, by=user_of(femi), at=AT)
    with pytest.raises(Refused, match="Only a leader"):
        give_demographics_right(cast.ben, by=user_of(femi), at=AT)
    given_right = give_demographics_right(cast.dana, by=user_of(femi), at=AT)
    with pytest.raises(Refused, match="already"):
        give_demographics_right(cast.dana, by=user_of(femi), at=AT)
    assert demographics_rights(by=user_of(femi)) == [given_right]
    assert right_for(given_right.public_id, by=user_of(femi)) == given_right
    assert leaders_without_right(by=user_of(femi)) == [femi]
    with pytest.raises(NotFound):
        right_for(uuid4(), by=user_of(femi))


# --- what is stored


def test_nothing_of_it_can_be_read_in_the_database_or_the_log(
    cast: Cast, sealed: Demographics
) -> None:
    raw = bytes(sealed.sealed)
    assert not any(value.encode() in raw for value in (DAY, "female", "asian"))
    told = str(list(AuditEntry.every_district.values_list("deed", "facts")))
    assert DAY not in told
    assert "take in demographics" in told


@pytest.mark.usefixtures("right")
def test_a_row_that_is_put_at_another_person_does_not_open(
    cast: Cast, sealed: Demographics
) -> None:
    take_in_demographics({cast.ben.pk: {"sex": "male"}}, district=cast.district, by=OPERATOR, at=AT)
    other = Demographics.objects.get(person=cast.ben)
    Demographics.objects.filter(pk=sealed.pk).update(sealed=other.sealed)
    with pytest.raises(Refused, match="somebody else, or changed"):
        read(cast)
    Demographics.objects.filter(pk=sealed.pk).update(
        sealed=other.sealed, sealed_for=other.sealed_for
    )
    with pytest.raises(Refused, match="somebody else, or changed"):
        read(cast)


@pytest.mark.usefixtures("right")
def test_a_changed_row_does_not_open(cast: Cast, sealed: Demographics) -> None:
    raw = bytearray(bytes(sealed.sealed))
    for place in (0, 5, len(raw) - 1):
        changed = bytearray(raw)
        changed[place] ^= 1
        Demographics.objects.filter(pk=sealed.pk).update(sealed=bytes(changed))
        with pytest.raises(Refused, match="somebody else, or changed"):
            read(cast)


@pytest.mark.usefixtures("sealed", "right")
def test_without_the_keys_folder_nothing_can_be_read_and_the_reason_is_said(cast: Cast) -> None:
    for name in keys.keys_here():
        keys.drop_key(name)
    with pytest.raises(Refused, match="not on this machine"):
        read(cast)


def test_the_keys_are_files_for_their_owner_alone(sealed: Demographics) -> None:
    folder = Path(settings.KEYS)
    (path,) = folder.iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("right")
def test_after_a_change_of_keys_all_is_read_as_before_and_the_old_key_is_gone(
    cast: Cast, sealed: Demographics
) -> None:
    before, raw = keys.newest_key(), bytes(sealed.sealed)
    assert rewrap_keys(by=OPERATOR, at=AT) == 1
    assert keys.keys_here() == [DataKey.objects.get().wrapped_by] != [before]
    sealed.refresh_from_db()
    assert bytes(sealed.sealed) == raw
    assert read(cast) == FACTS
    with pytest.raises(NotFound):
        rewrap_keys(by=user_of(cast.dana), at=AT)


def test_the_keys_of_every_district_are_wrapped_anew(cast: Cast, sealed: Demographics) -> None:
    other = make_district("Far Away")
    with district_scope(other.pk):
        take_in_demographics({}, district=other, by=OPERATOR, at=AT)
    assert rewrap_keys(by=OPERATOR, at=AT) == 2
    assert set(DataKey.every_district.values_list("wrapped_by", flat=True)) == {keys.newest_key()}


def test_the_same_again_changes_nothing_and_other_facts_replace_it(
    cast: Cast, sealed: Demographics
) -> None:
    again = take_in_demographics({cast.ada.pk: FACTS}, district=cast.district, by=OPERATOR, at=AT)
    assert (again.unchanged, again.updated) == (1, 0)
    more = FACTS | {"white": "true"}
    changed = take_in_demographics({cast.ada.pk: more}, district=cast.district, by=OPERATOR, at=AT)
    assert changed.updated == 1
    gone = frozenset({cast.ada.pk})
    ended = take_in_demographics({}, gone=gone, district=cast.district, by=OPERATOR, at=AT)
    assert ended.retired == 1
    assert not Demographics.objects.exists()


# --- the form of what is sealed

texts = st.binary(max_size=200)


@given(plain=texts, bound=st.text(max_size=20), other=st.text(max_size=20))
def test_what_is_sealed_opens_by_its_key_and_for_its_row_alone(
    plain: bytes, bound: str, other: str
) -> None:
    key = new_key()
    one, two = seal(key, plain, bound_to=bound), seal(key, plain, bound_to=bound)
    assert one != two
    assert one[:1] == VERSION
    assert unseal(key, one, bound_to=bound) == plain
    with pytest.raises(Unopened):
        unseal(new_key(), one, bound_to=bound)
    if other != bound:
        with pytest.raises(Unopened):
            unseal(key, one, bound_to=other)


@given(cut=st.integers(0, 40))
def test_what_is_cut_off_does_not_open(cut: int) -> None:
    key = new_key()
    sealed = seal(key, b"words", bound_to="row")
    if cut:
        with pytest.raises(Unopened):
            unseal(key, sealed[:-cut], bound_to="row")
