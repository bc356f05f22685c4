import django.db.models.deletion
from django.db import migrations, models

import manypaths.base.ids
import manypaths.base.scope


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("evidence", "0001_tables"),
        ("frameworks", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Choice",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("learn", "Learn"),
                            ("practise", "Practise"),
                            ("show", "Show"),
                            ("refresh", "Refresh"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("chosen_at", models.BigIntegerField()),
                ("chosen_by", models.BigIntegerField(null=True)),
                ("is_learners_own", models.BooleanField()),
                ("dropped_at", models.BigIntegerField(null=True)),
                (
                    "competency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="frameworks.competency",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="choices",
                        to="people.person",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="evidence.task",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["district_id", "learner", "chosen_at"], name="choice_by_learner"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["learn", "practise", "show", "refresh"])),
                        name="step_kind_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WindowEntry",
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
                ("is_pinned", models.BooleanField(default=False)),
                ("opened_at", models.BigIntegerField()),
                ("opened_by", models.BigIntegerField(null=True)),
                (
                    "competency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="frameworks.competency",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="window",
                        to="people.group",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("group", "competency"), name="window_entry_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_pinned", True)),
                        fields=("group",),
                        name="one_pinned_in_window",
                    ),
                ],
            },
        ),
    ]
