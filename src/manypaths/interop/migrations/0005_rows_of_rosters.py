"""Remember what rosters call the district, and the results that scores came from."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import manypaths.base.scope

_AT_ONCE = 2_000


def tell_results(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Set of each score the result that it came from: all before the last blank of its name."""
    scores = apps.get_model("interop", "TakenResult").objects
    rows = []
    for row in scores.only("pk", "value").iterator(_AT_ONCE):
        row.result = row.value.rpartition(" ")[0]
        rows.append(row)
        if len(rows) == _AT_ONCE:
            scores.bulk_update(rows, ["result"])
            rows = []
    scores.bulk_update(rows, ["result"])


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0004_feedback_of_slips"),
        ("interop", "0004_rosters_and_class_lists"),
        ("people", "0008_rows_of_rosters"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrgOfRoster",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "district_id",
                    models.BigIntegerField(
                        default=manypaths.base.scope.current_district, editable=False
                    ),
                ),
                ("value", models.CharField(max_length=255)),
                ("school", models.CharField(blank=True, max_length=255, null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="takenresult",
            name="result",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.RunPython(tell_results, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="takenresult",
            index=models.Index(fields=["district_id", "result"], name="taken_by_result"),
        ),
        migrations.AddConstraint(
            model_name="orgofroster",
            constraint=models.UniqueConstraint(
                fields=("district_id", "value"), name="org_of_roster_once"
            ),
        ),
    ]
