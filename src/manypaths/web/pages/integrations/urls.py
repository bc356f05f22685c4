"""Addresses of integrations."""

from django.urls import path

from manypaths.web.pages.integrations import views

app_name = "integrations"
urlpatterns = [
    path("integrations/", views.all_integrations, name="all"),
    path("integrations/new/", views.make, name="make"),
    path("integrations/frameworks/", views.share, name="share"),
    path("integrations/webhooks/<uuid:webhook_id>/", views.resume, name="resume"),
    path("integrations/<uuid:token_id>/renew/", views.renew, name="renew"),
    path("integrations/<uuid:token_id>/end/", views.end, name="end"),
]
