"""Addresses of Why this level."""

from django.urls import path

from manypaths.web.pages.why import views

app_name = "why"
urlpatterns = [
    path("why/<uuid:person_id>/<uuid:competency_id>/", views.of, name="of"),
    path("why/<uuid:person_id>/<uuid:competency_id>/rate/", views.rate, name="rate"),
    path("why/<uuid:person_id>/<uuid:competency_id>/sign/", views.sign, name="sign"),
]
