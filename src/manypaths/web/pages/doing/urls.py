"""Addresses for doing a chosen step."""

from django.urls import path

from manypaths.web.pages.doing import views

app_name = "doing"
urlpatterns = [
    path("<uuid:choice_id>/", views.start, name="start"),
    path("<uuid:choice_id>/begin/", views.begin, name="begin"),
    path("<uuid:choice_id>/done/", views.finish_reading, name="done"),
    path("task/<uuid:task_id>/", views.task, name="task"),
    path("task/<uuid:task_id>/begin/", views.begin_task, name="begin_task"),
    path("set/<uuid:sitting_id>/<int:number>/", views.question, name="question"),
    path("set/<uuid:sitting_id>/<int:number>/answer/", views.answer, name="answer"),
    path("set/<uuid:sitting_id>/stop/", views.stop, name="stop"),
    path("set/<uuid:sitting_id>/end/", views.end, name="end"),
]
