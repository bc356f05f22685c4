"""Addresses of frameworks."""

from django.urls import path

from manypaths.web.pages.frameworks import editing, views

app_name = "frameworks"
urlpatterns = [
    path("frameworks/", views.all_frameworks, name="all"),
    path("frameworks/<uuid:framework_id>/", views.one, name="one"),
    path("frameworks/<uuid:framework_id>/case/", views.package, name="package"),
    path("frameworks/<uuid:framework_id>/edit/", editing.edit, name="edit"),
    path("frameworks/<uuid:framework_id>/edit/start/", editing.start, name="start_version"),
    path("frameworks/<uuid:framework_id>/edit/name/", editing.name, name="edit_draft"),
    path("frameworks/<uuid:framework_id>/edit/add/", editing.add, name="add"),
    path("frameworks/<uuid:framework_id>/edit/publish/", editing.publish, name="publish"),
    path("frameworks/<uuid:framework_id>/edit/drop/", editing.drop, name="drop"),
    *(
        path(f"frameworks/<uuid:framework_id>/edit/<uuid:competency_id>/{deed}", view, name=name)
        for deed, view, name in (
            ("", editing.competency, "edit_competency"),
            ("words/", editing.word, "word"),
            ("move/", editing.move, "move"),
            ("leave-out/", editing.leave_out, "leave_out"),
            ("after/", editing.come_after, "come_after"),
            ("untie/", editing.untie, "untie"),
        )
    ),
    path(
        "frameworks/<uuid:framework_id>/<uuid:competency_id>/", views.competency, name="competency"
    ),
]
