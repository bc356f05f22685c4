"""Addresses for signing in and out."""

from django.urls import path

from manypaths.web.pages.sign_in import views

app_name = "sign_in"
urlpatterns = [
    path("sign-in/", views.start, name="start"),
    path("sign-in/forgotten/", views.forgotten, name="forgotten"),
    path("sign-in/code/", views.code, name="code"),
    path("sign-in/card/", views.card_open, name="card_open"),
    path("sign-in/card/<slug:secret>/", views.card, name="card"),
    path("sign-in/class/", views.class_code, name="class_code"),
    path("sign-in/class/names/", views.class_names, name="class_names"),
    path("sign-in/class/<uuid:person_id>/", views.pictures, name="pictures"),
    path("sign-in/look-around/<slug:part>/", views.look_around, name="look_around"),
    path("sign-in/demo-anew/", views.reset_demo, name="reset_demo"),
    path("sign-out/", views.out, name="out"),
]
