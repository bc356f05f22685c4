"""Addresses of groups."""

from django.urls import path

from manypaths.web.pages.groups import views

app_name = "groups"
urlpatterns = [
    path("groups/", views.all_groups, name="all"),
    path("groups/new/", views.new, name="new"),
    path("groups/<uuid:group_id>/", views.one, name="one"),
    path("groups/<uuid:group_id>/change/", views.change, name="change"),
    path("groups/<uuid:group_id>/add/", views.add, name="add"),
    path("groups/<uuid:group_id>/leave/", views.leave, name="leave"),
    path("groups/<uuid:group_id>/end/", views.end, name="end"),
]
