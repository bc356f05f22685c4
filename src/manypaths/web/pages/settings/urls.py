"""Addresses of settings."""

from django.urls import path

from manypaths.web.pages.settings import frameworks, views

app_name = "settings"
urlpatterns = [
    path("settings/", views.all_settings, name="all"),
    path("settings/district/", views.change, name="district"),
    path("settings/<uuid:framework_id>/", frameworks.one, name="framework"),
    path("settings/<uuid:framework_id>/thresholds/", frameworks.thresholds, name="thresholds"),
    path("settings/<uuid:framework_id>/words/", frameworks.words, name="words"),
    path("settings/<uuid:framework_id>/levels/", frameworks.levels, name="levels"),
    path("settings/<uuid:framework_id>/window/", frameworks.window, name="window"),
    path(
        "settings/<uuid:framework_id>/self-ratings/", frameworks.self_ratings, name="self_ratings"
    ),
]
