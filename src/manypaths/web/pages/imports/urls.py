"""Addresses of imports."""

from django.urls import path

from manypaths.web.pages.imports import views

app_name = "imports"
urlpatterns = [
    path("imports/", views.new, name="new"),
    path("imports/<uuid:run_id>/", views.one, name="one"),
    path("imports/<uuid:run_id>/columns/", views.ask_columns, name="columns"),
    path("imports/<uuid:run_id>/columns/said/", views.say_columns, name="say_columns"),
    path("imports/<uuid:run_id>/progress/", views.progress, name="progress"),
    path("imports/<uuid:run_id>/take-in/", views.take_it_in, name="take_in"),
    path("imports/<uuid:run_id>/drop/", views.drop_it, name="drop"),
    path("imports/<uuid:run_id>/undo/", views.undo_it, name="undo"),
]
