"""Addresses of a leader's first steps."""

from django.urls import path

from manypaths.web.pages.school import views

app_name = "school"
urlpatterns = [
    path("start/", views.start, name="start"),
    path("start/starter/", views.bring_in, name="starter"),
    path("start/framework/<uuid:group_id>/", views.choose, name="framework"),
]
