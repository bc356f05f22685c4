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
            name="FittedModel",
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
                ("kind", models.CharField(max_length=40)),
                ("version", models.CharField(max_length=80)),
                ("parameters", models.TextField()),
                ("fitted_at", models.DateTimeField()),
                ("n_responses", models.BigIntegerField()),
                ("n_ratings", models.BigIntegerField()),
                ("n_learners", models.BigIntegerField()),
                ("in_force", models.BooleanField(default=False)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fitted_models",
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
        migrations.CreateModel(
            name="Achievement",
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
                ("level", models.PositiveSmallIntegerField(null=True)),
                ("demonstrated_on", models.DateField()),
                ("signed_at", models.BigIntegerField()),
                ("signed_by", models.BigIntegerField(null=True)),
                ("note", models.TextField(blank=True)),
                ("expected_success", models.FloatField()),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="achievements",
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
                (
                    "model",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="estimates.fittedmodel",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="GeneralBelief",
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
                ("mean", models.FloatField()),
                ("variance", models.FloatField()),
                ("shrink", models.FloatField()),
                ("moved", models.FloatField()),
                ("settled", models.FloatField()),
                ("n_events", models.IntegerField()),
                ("last_done_at", models.BigIntegerField()),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="frameworks.framework",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="general_beliefs",
                        to="people.person",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="estimates.fittedmodel",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Belief",
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
                ("mean", models.FloatField()),
                ("variance", models.FloatField()),
                ("coupling", models.FloatField()),
                ("moved", models.FloatField()),
                ("settled", models.FloatField()),
                ("touched_at", models.FloatField(null=True)),
                ("n_right", models.FloatField()),
                ("n_wrong", models.FloatField()),
                ("n_pieces", models.IntegerField()),
                ("n_days", models.IntegerField()),
                ("last_day", models.IntegerField()),
                ("n_ratings_by_others", models.IntegerField()),
                (
                    "competency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="frameworks.competency",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="beliefs",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("district_id", "learner", "competency"), name="belief_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="fittedmodel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("in_force", True)),
                fields=("district_id", "family"),
                name="one_model_in_force",
            ),
        ),
        migrations.AddIndex(
            model_name="achievement",
            index=models.Index(
                fields=["district_id", "learner", "competency"], name="achievement_by_learner"
            ),
        ),
        migrations.AddConstraint(
            model_name="generalbelief",
            constraint=models.UniqueConstraint(
                fields=("district_id", "learner", "family"), name="general_belief_once"
            ),
        ),
    ]
