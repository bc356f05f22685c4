"""Addresses for handing work in and answering it."""

from django.urls import path

from manypaths.web.pages.showing import views

app_name = "showing"
urlpatterns = [
    path("<uuid:competency_id>/", views.new, name="new"),
    path("<uuid:competency_id>/hand-in/", views.hand_in_work, name="hand_in"),
    path("<uuid:competency_id>/draft/", views.keep_draft, name="draft"),
    path("work/<uuid:artifact_id>/", views.one, name="one"),
    path("work/<uuid:artifact_id>/answer/", views.answer, name="answer"),
    path("waiting/<uuid:group_id>/", views.waiting, name="waiting"),
    path("waiting/<uuid:sitting_id>/<int:number>/", views.mark, name="mark"),
]
