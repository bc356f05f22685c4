"""Addresses of demographics."""

from django.urls import path

from manypaths.web.pages.demographics import views

app_name = "demographics"
urlpatterns = [
    path("demographics/", views.rights, name="rights"),
    path("demographics/<uuid:person_id>/give/", views.give, name="give"),
    path("demographics/<uuid:right_id>/end/", views.end, name="end"),
    path("people/<uuid:person_id>/demographics/", views.of_one, name="of"),
]
