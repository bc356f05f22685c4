"""Addresses of the people of a school."""

from django.urls import path

from manypaths.web.pages.people import adding, one, twice, views

app_name = "people"
urlpatterns = [
    path("people/", views.everybody, name="all"),
    path("people/find/", views.find, name="find"),
    path("people/add/", adding.add, name="add"),
    path("people/twice/", twice.everybody, name="twice"),
    path("people/merges/<uuid:merge_id>/undo/", twice.unmerge, name="unmerge"),
    path("people/apart/<uuid:apart_id>/undo/", twice.suggest_again, name="suggest_again"),
    path("people/<uuid:person_id>/", one.person, name="one"),
    path("people/<uuid:person_id>/beside/<uuid:other_id>/", twice.beside, name="beside"),
    path("people/<uuid:person_id>/merge/<uuid:other_id>/", twice.merge, name="merge"),
    path("people/<uuid:person_id>/apart/<uuid:other_id>/", twice.tell_apart, name="tell_apart"),
    path("people/<uuid:person_id>/name/", one.rename, name="rename"),
    path("people/<uuid:person_id>/roles/", one.give_a_role, name="give_role"),
    path("people/<uuid:person_id>/roles/end/", one.end_a_role, name="end_role"),
    path("people/<uuid:person_id>/groups/", one.join, name="join"),
    path("people/<uuid:person_id>/groups/move/", one.move, name="move"),
    path("people/<uuid:person_id>/groups/leave/", one.leave, name="leave"),
    path("people/<uuid:person_id>/ties/", one.support, name="support"),
    path("people/<uuid:person_id>/ties/consent/", one.consent, name="consent"),
    path("people/<uuid:person_id>/ties/end/", one.end_a_tie, name="end_tie"),
]
