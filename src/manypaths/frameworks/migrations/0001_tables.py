import django.db.models.deletion
from django.db import migrations, models

import manypaths.base.ids
import manypaths.base.scope


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Level",
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
                        default=manypaths.base.scope.current_owner, editable=False, null=True
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("code", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=100)),
                ("meaning", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("position",),
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Scale",
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
                        default=manypaths.base.scope.current_owner, editable=False, null=True
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=manypaths.base.ids.new_public_id, editable=False, unique=True
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("published_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Framework",
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
                        default=manypaths.base.scope.current_owner, editable=False, null=True
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=manypaths.base.ids.new_public_id, editable=False, unique=True
                    ),
                ),
                ("identifier", models.CharField(max_length=255)),
                ("title", models.CharField(max_length=500)),
                ("version", models.CharField(blank=True, max_length=100)),
                ("target_level", models.PositiveSmallIntegerField(null=True)),
                ("cut_points", models.JSONField(default=list)),
                ("rules", models.JSONField(default=dict)),
                ("self_ratings_move", models.BooleanField(default=False)),
                ("source", models.JSONField(default=dict)),
                ("definitions", models.JSONField(default=dict)),
                ("rubrics", models.JSONField(default=list)),
                ("extensions", models.JSONField(default=dict)),
                ("is_from_log", models.BooleanField(default=False)),
                ("published_at", models.DateTimeField(null=True)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "family",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="frameworks.framework",
                    ),
                ),
                (
                    "previous",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="next",
                        to="frameworks.framework",
                    ),
                ),
                (
                    "scale",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="frameworks",
                        to="frameworks.scale",
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
            name="Competency",
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
                        default=manypaths.base.scope.current_owner, editable=False, null=True
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=manypaths.base.ids.new_public_id, editable=False, unique=True
                    ),
                ),
                ("identifier", models.CharField(max_length=255)),
                ("code", models.CharField(blank=True, max_length=255)),
                ("title", models.CharField(blank=True, max_length=500)),
                ("statement", models.TextField()),
                ("kind", models.CharField(blank=True, max_length=255)),
                ("position", models.PositiveIntegerField(default=0)),
                ("source", models.JSONField(default=dict)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "lineage",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried_over",
                        to="frameworks.competency",
                    ),
                ),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="competencies",
                        to="frameworks.framework",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "competencies",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Association",
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
                        default=manypaths.base.scope.current_owner, editable=False, null=True
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=manypaths.base.ids.new_public_id, editable=False, unique=True
                    ),
                ),
                ("identifier", models.CharField(max_length=255)),
                ("kind", models.CharField(max_length=100)),
                ("origin_identifier", models.CharField(max_length=255)),
                ("destination_identifier", models.CharField(max_length=255)),
                ("sequence", models.IntegerField(null=True)),
                ("position", models.PositiveIntegerField(default=0)),
                ("source", models.JSONField(default=dict)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "destination",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="associations_to",
                        to="frameworks.competency",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="associations_from",
                        to="frameworks.competency",
                    ),
                ),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="associations",
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
            name="Progression",
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
                        default=manypaths.base.scope.current_owner, editable=False, null=True
                    ),
                ),
                ("text", models.TextField()),
                (
                    "competency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="progressions",
                        to="frameworks.competency",
                    ),
                ),
                (
                    "level",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="progressions",
                        to="frameworks.level",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="level",
            name="scale",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="levels",
                to="frameworks.scale",
            ),
        ),
        migrations.AddIndex(
            model_name="competency",
            index=models.Index(fields=["framework", "code"], name="competency_by_code"),
        ),
        migrations.AddIndex(
            model_name="competency",
            index=models.Index(fields=["identifier"], name="competency_by_identifier"),
        ),
        migrations.AddConstraint(
            model_name="competency",
            constraint=models.UniqueConstraint(
                fields=("framework", "identifier"), name="competency_identifier_once"
            ),
        ),
        migrations.AddIndex(
            model_name="association",
            index=models.Index(fields=["framework", "kind"], name="association_by_kind"),
        ),
        migrations.AddConstraint(
            model_name="association",
            constraint=models.UniqueConstraint(
                fields=("framework", "identifier"), name="association_identifier_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="progression",
            constraint=models.UniqueConstraint(
                fields=("competency", "level"), name="progression_level_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="progression",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="progression_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="level",
            constraint=models.UniqueConstraint(
                fields=("scale", "position"), name="level_position_once"
            ),
        ),
        migrations.AddIndex(
            model_name="framework",
            index=models.Index(fields=["district_id", "title"], name="framework_by_title"),
        ),
        migrations.AddConstraint(
            model_name="framework",
            constraint=models.UniqueConstraint(
                fields=("district_id", "identifier"),
                name="framework_identifier_once",
                nulls_distinct=False,
            ),
        ),
    ]
