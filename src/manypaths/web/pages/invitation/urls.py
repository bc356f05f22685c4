"""Addresses of invitations."""

from django.urls import path

from manypaths.web.pages.invitation import of_one, views

app_name = "invitation"
urlpatterns = [
    path("invitation/", views.open_one, name="open"),
    # Where the address of an invitation begins, up to its secret.
    path("invitation/", views.open_one, name="begins"),
    path("invitation/slips/", views.slips, name="slips"),
    path("groups/<uuid:group_id>/slips/", views.slips, name="slips"),
    path("people/<uuid:person_id>/sign-in/", of_one.of_person, name="of"),
    path("people/<uuid:person_id>/sign-in/end/", of_one.end, name="end"),
    path("invitation/<slug:token>/", views.accept, name="accept"),
    path("classes/<uuid:group_id>/sign-in/", views.of_class, name="of_class"),
    path("classes/<uuid:group_id>/sign-in/code/", views.set_class_code, name="set_class_code"),
    path("classes/<uuid:group_id>/sign-in/cards/", views.cards, name="cards"),
    path("people/<uuid:person_id>/code/", views.one_time_code, name="one_time_code"),
]
