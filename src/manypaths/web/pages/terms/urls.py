"""Addresses of schools and terms."""

from django.urls import path

from manypaths.web.pages.terms import views

app_name = "terms"
urlpatterns = [
    path("schools/", views.schools_and_terms, name="all"),
    path("schools/new/", views.new_school, name="new_school"),
    path("schools/<uuid:place_id>/name/", views.rename_a_school, name="rename_school"),
    path("schools/<uuid:place_id>/close/", views.close_a_school, name="close_school"),
    path("terms/new/", views.new_term, name="new_term"),
    path("terms/<uuid:term_id>/", views.change_a_term, name="change_term"),
]
