"""Addresses of My path."""

from django.urls import path

from manypaths.web.pages.path import views

app_name = "path"
urlpatterns = [
    path("path/", views.own, name="own"),
    path("path/<uuid:person_id>/", views.of, name="of"),
    path("path/<uuid:person_id>/choose/", views.choose, name="choose"),
    path("path/<uuid:person_id>/else/", views.something_else, name="else"),
    path("path/<uuid:person_id>/help/", views.ask, name="help"),
    path("choices/<uuid:choice_id>/let-go/", views.let_go, name="let_go"),
    path("choices/<uuid:choice_id>/take-up/", views.take_up, name="take_up"),
    path("help/<uuid:request_id>/answered/", views.answered, name="answered"),
]
