"""Families whose statuses are to be compared with those last told, and the day of the last time."""

import django.db.models.deletion
from django.db import migrations, models

import manypaths.base.scope


class Migration(migrations.Migration):
    dependencies = [
        ("estimates", "0005_moves_to_tell"),
        ("frameworks", "0003_words_of_the_school"),
    ]

    operations = [
        migrations.AddField(
            model_name="watch",
            name="compared_on",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="FamilyToTell",
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
                ("after", models.BigIntegerField(default=0)),
                ("is_first", models.BooleanField(default=False)),
                ("at", models.BigIntegerField()),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="frameworks.framework",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
    ]
