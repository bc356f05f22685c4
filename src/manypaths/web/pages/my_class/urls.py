"""Addresses of a class."""

from django.urls import path

from manypaths.web.pages.my_class import acts, clearing, groups, rating, recording, rows, views

app_name = "classes"
urlpatterns = [
    path("classes/<uuid:group_id>/", views.one, name="one"),
    path("classes/<uuid:group_id>/competencies/", views.by_competency, name="by_competency"),
    path("classes/<uuid:group_id>/matrix/", views.matrix, name="matrix"),
    path("classes/<uuid:group_id>/statuses.csv", views.statuses_file, name="csv"),
    path("classes/<uuid:group_id>/groups/", groups.day, name="groups"),
    path("classes/<uuid:group_id>/groups/suggested/", groups.suggested, name="suggested"),
    path("classes/<uuid:group_id>/groups/keep/", groups.keep, name="keep_groups"),
    path("classes/<uuid:group_id>/groups/add/", groups.add, name="add_group"),
    path("classes/<uuid:group_id>/groups/<int:number>/drop/", groups.drop, name="drop_group"),
    path("classes/<uuid:group_id>/groups/move/<uuid:seat_id>/", groups.move, name="move_seat"),
    path("classes/<uuid:group_id>/give/", acts.give, name="give"),
    path("classes/<uuid:group_id>/take-back/", acts.take_back, name="take_back"),
    path("classes/<uuid:group_id>/window/", acts.window, name="window"),
    path("classes/<uuid:group_id>/open/", acts.open_for, name="open"),
    path("classes/<uuid:group_id>/sign/", acts.sign, name="sign"),
    path("classes/<uuid:group_id>/help/", acts.plan_help, name="plan_help"),
    path("classes/<uuid:group_id>/help/<uuid:support_id>/", acts.log_help, name="log_help"),
    path("classes/<uuid:group_id>/notes/<uuid:person_id>/", acts.notes, name="notes"),
    path("classes/<uuid:group_id>/rate/<uuid:competency_id>/", rating.rate, name="rate"),
    path("classes/<uuid:group_id>/rate/back/", rating.take_back, name="take_back_ratings"),
    path("classes/<uuid:group_id>/record/<uuid:competency_id>/", recording.record, name="record"),
    path("classes/<uuid:group_id>/row/", rows.row, name="row"),
    path("classes/<uuid:group_id>/clear/", clearing.clear, name="clear"),
    path("classes/<uuid:group_id>/restore/", clearing.restore, name="restore"),
]
