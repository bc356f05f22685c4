"""Addresses of frameworks."""

from django.urls import path

from manypaths.web.pages.frameworks import views

app_name = "frameworks"
urlpatterns = [
    path("frameworks/", views.all_frameworks, name="all"),
    path("frameworks/<uuid:framework_id>/", views.one, name="one"),
    path("frameworks/<uuid:framework_id>/case/", views.package, name="package"),
    path(
        "frameworks/<uuid:framework_id>/<uuid:competency_id>/", views.competency, name="competency"
    ),
]
