"""Addresses of evidence."""

from django.urls import path

from manypaths.web.pages.evidence import views

app_name = "evidence"
urlpatterns = [
    path("<uuid:person_id>/", views.of, name="of"),
    path("file/<uuid:artifact_id>/", views.file, name="file"),
    path("contest/<slug:kind>/<str:piece_id>/", views.contest, name="contest"),
    path("contest/<slug:kind>/<str:piece_id>/open/", views.open_one, name="open"),
    path("contested/<uuid:contest_id>/", views.contested, name="contested"),
    path("contested/<uuid:contest_id>/answer/", views.answer, name="answer"),
]
