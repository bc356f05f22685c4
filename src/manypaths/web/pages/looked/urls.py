"""The address of who looked."""

from django.urls import path

from manypaths.web.pages.looked.views import of

app_name = "looked"
urlpatterns = [path("looked/<uuid:person_id>/", of, name="of")]
