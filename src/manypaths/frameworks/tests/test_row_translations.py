"""Texts of rows in the reader's language."""

import pytest
from django.utils import translation

from manypaths.base.translations import in_language, set_translation
from manypaths.frameworks.models import Competency


@pytest.fixture
def competency() -> Competency:
    made = Competency(
        district_id=None, code="N1", title="Ratios", statement="Compares two amounts."
    )
    set_translation(made, "es", {"title": "Razones"})
    return made


def test_a_text_is_said_in_the_readers_language(competency: Competency) -> None:
    with translation.override("es"):
        assert (competency.spoken.title, competency.name) == ("Razones", "Razones")
    assert (competency.spoken.title, competency.name) == ("Ratios", "Ratios")


def test_a_way_of_speaking_a_language_is_that_language(competency: Competency) -> None:
    assert in_language(competency, "title", "es-mx") == "Razones"


def test_what_is_not_translated_is_said_as_it_was_written(competency: Competency) -> None:
    assert in_language(competency, "statement", "es") == "Compares two amounts."
    assert in_language(competency, "title", "pt") == "Ratios"


def test_a_changed_wording_is_not_said_by_its_old_translation(competency: Competency) -> None:
    competency.title = "Ratios and rates"
    assert in_language(competency, "title", "es") == "Ratios and rates"


def test_setting_a_translation_says_whether_it_changed_anything(competency: Competency) -> None:
    assert not set_translation(competency, "es", {"title": "Razones"})
    assert set_translation(competency, "es", {"statement": "Compara dos cantidades."})
    assert in_language(competency, "title", "es") == "Razones"
    assert in_language(competency, "statement", "es") == "Compara dos cantidades."


def test_a_field_that_is_not_there_is_a_mistake(competency: Competency) -> None:
    with pytest.raises(AttributeError):
        _ = competency.spoken.nonsense
