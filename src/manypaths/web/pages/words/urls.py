"""Addresses of teachers' words."""

from django.urls import path

from manypaths.web.pages.words import views

app_name = "words"
urlpatterns = [
    path("<uuid:person_id>/<uuid:competency_id>/", views.new, name="new"),
    path("<uuid:person_id>/<uuid:competency_id>/say/", views.say, name="say"),
    path("<uuid:word_id>/take-back/", views.take_back, name="take_back"),
]
