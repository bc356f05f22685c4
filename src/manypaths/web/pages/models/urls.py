"""Addresses of models."""

from django.urls import path

from manypaths.web.pages.models import views

app_name = "models"
urlpatterns = [
    path("models/", views.all_frameworks, name="all"),
    path("models/<uuid:framework_id>/", views.of_framework, name="of"),
    path("models/<uuid:framework_id>/fit/", views.fit, name="fit"),
    path("models/<uuid:framework_id>/progress/", views.progress, name="progress"),
    path("models/one/<uuid:model_id>/", views.one, name="one"),
    path("models/one/<uuid:model_id>/switch/", views.switch, name="switch"),
    path("models/one/<uuid:model_id>/discard/", views.discard, name="discard"),
]
