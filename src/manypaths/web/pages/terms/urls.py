"""Addresses of schools and terms."""

from django.urls import path

from manypaths.web.pages.terms import rolling, views

app_name = "terms"
urlpatterns = [
    path("schools/", views.schools_and_terms, name="all"),
    path("schools/new/", views.new_school, name="new_school"),
    path("schools/<uuid:place_id>/name/", views.rename_a_school, name="rename_school"),
    path("schools/<uuid:place_id>/close/", views.close_a_school, name="close_school"),
    path("schools/next-year/", rolling.preview, name="roll_over"),
    path("schools/next-year/begin/", rolling.begin_year, name="begin_year"),
    path(
        "schools/<uuid:place_id>/next-year/<uuid:done_id>/undo/",
        rolling.take_back,
        name="take_back",
    ),
    path("schools/archive/", rolling.archive, name="archive"),
    path("terms/new/", views.new_term, name="new_term"),
    path("terms/<uuid:term_id>/", views.change_a_term, name="change_term"),
]
