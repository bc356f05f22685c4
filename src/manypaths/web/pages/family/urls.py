"""Addresses of the family's page."""

from django.urls import path

from manypaths.web.pages.family import views

app_name = "family"
urlpatterns = [
    path("family/", views.all_children, name="all"),
    path("family/<uuid:person_id>/write/", views.write, name="write"),
    path("family/notes/<uuid:note_id>/take-back/", views.take_back, name="take_back"),
    path("family/notes/<uuid:note_id>/restore/", views.restore, name="restore"),
]
