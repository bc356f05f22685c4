"""Addresses of whole records, and of the district's records office."""

from django.urls import path

from manypaths.web.pages.records import ending, exporting, office, whole

app_name = "records"
urlpatterns = [
    path("people/<uuid:person_id>/record/", whole.of, name="whole"),
    path("people/<uuid:person_id>/record/file/", whole.take_along, name="take_along"),
    path("people/<uuid:person_id>/erase/", ending.erase, name="erase"),
    path("people/<uuid:person_id>/hold/", ending.hold_person, name="hold_person"),
    path("settings/records/", office.all_records, name="office"),
    path("settings/records/times/", office.times, name="times"),
    path("settings/records/over/", office.over, name="over"),
    path("settings/records/ending/", ending.all_endings, name="ending"),
    path("settings/records/holds/", ending.hold, name="hold"),
    path("settings/records/holds/<uuid:hold_id>/", ending.release, name="release"),
    path("settings/records/erasures/<uuid:erasure_id>/confirm/", ending.confirm, name="confirm"),
    path("settings/records/erasures/<uuid:erasure_id>/withdraw/", ending.withdraw, name="withdraw"),
    path("settings/records/exports/", exporting.start, name="export"),
    path("settings/records/exports/<uuid:export_id>/", exporting.one, name="exported"),
    path("settings/records/exports/<uuid:export_id>/file/", exporting.file, name="exported_file"),
]
