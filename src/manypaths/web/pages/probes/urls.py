"""Addresses for whoever watches the server. The middleware answers them, before all else."""

from django.urls import path

from manypaths.web.pages.probes.views import health, ready

app_name = "probes"
urlpatterns = [path("health", health, name="health"), path("ready", ready, name="ready")]
