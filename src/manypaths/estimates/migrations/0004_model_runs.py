import django.db.models.deletion
from django.db import migrations, models

import manypaths.base.ids
import manypaths.base.scope


class Migration(migrations.Migration):
    dependencies = [
        ("estimates", "0003_teachers_words"),
        ("frameworks", "0003_words_of_the_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="ModelRun",
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
                (
                    "public_id",
                    models.UUIDField(
                        default=manypaths.base.ids.new_public_id, editable=False, unique=True
                    ),
                ),
                (
                    "work",
                    models.CharField(choices=[("fit", "Fit"), ("switch", "Switch")], max_length=10),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("at work", "At Work"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                            ("broken", "Broken"),
                        ],
                        max_length=10,
                    ),
                ),
                ("step", models.CharField(blank=True, max_length=60)),
                ("n_done", models.BigIntegerField(default=0)),
                ("n_parts", models.BigIntegerField(default=0)),
                ("refusal", models.TextField(blank=True)),
                ("asked_by", models.BigIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="frameworks.framework",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="estimates.fittedmodel",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "at work")),
                        fields=("district_id", "family"),
                        name="one_model_run_at_work",
                    )
                ],
            },
        ),
    ]
