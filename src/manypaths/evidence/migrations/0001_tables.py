import django.db.models.deletion
from django.db import migrations, models

import manypaths.base.ids
import manypaths.base.scope


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("frameworks", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Slip",
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
                ("code", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=200)),
                ("explanation", models.TextField(blank=True)),
                (
                    "competency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slips",
                        to="frameworks.competency",
                    ),
                ),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slips",
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
            name="Task",
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
                ("source_id", models.CharField(max_length=255)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("item", "Item"),
                            ("check", "Check"),
                            ("project", "Project"),
                            ("observation", "Observation"),
                            ("resource", "Resource"),
                            ("portfolio", "Portfolio"),
                        ],
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=300)),
                ("prompt", models.TextField(blank=True)),
                (
                    "answer_form",
                    models.CharField(
                        choices=[
                            ("choice", "Choice"),
                            ("number", "Number"),
                            ("text", "Text"),
                            ("none", "None"),
                        ],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("depth_of_knowledge", models.PositiveSmallIntegerField(null=True)),
                ("minutes", models.PositiveSmallIntegerField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
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
            name="Criterion",
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
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=300)),
                ("description", models.TextField(blank=True)),
                (
                    "competency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="criteria",
                        to="frameworks.competency",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="criteria",
                        to="evidence.task",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Artifact",
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
                ("done_at", models.BigIntegerField()),
                (
                    "clock",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "an order alone"),
                            (1, "microseconds since 1970, UTC"),
                            (2, "microseconds since an origin that is not known"),
                        ],
                        default=1,
                    ),
                ),
                ("recorded_at", models.BigIntegerField()),
                ("recorded_by", models.BigIntegerField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("link", "Link"),
                            ("file", "File"),
                            ("video", "Video"),
                        ],
                        max_length=8,
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                ("text", models.TextField(blank=True)),
                ("link", models.URLField(blank=True, max_length=2000)),
                ("file_name", models.CharField(blank=True, max_length=255)),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("file_bytes", models.BigIntegerField(null=True)),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="artifacts",
                        to="people.person",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="artifacts",
                        to="evidence.task",
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
            name="Answer",
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
                ("text", models.CharField(max_length=500)),
                ("is_right", models.BooleanField()),
                (
                    "slip",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="evidence.slip",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="evidence.task",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Alignment",
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
                ("weight", models.FloatField(default=1.0)),
                (
                    "competency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alignments",
                        to="frameworks.competency",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alignments",
                        to="evidence.task",
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
            name="Withdrawal",
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
                ("at", models.BigIntegerField()),
                ("actor_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(max_length=500)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="withdrawal_says_why",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Response",
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
                ("done_at", models.BigIntegerField()),
                (
                    "clock",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "an order alone"),
                            (1, "microseconds since 1970, UTC"),
                            (2, "microseconds since an origin that is not known"),
                        ],
                        default=1,
                    ),
                ),
                ("recorded_at", models.BigIntegerField()),
                ("recorded_by", models.BigIntegerField(null=True)),
                ("outcome", models.FloatField()),
                ("chosen", models.PositiveSmallIntegerField(null=True)),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                (
                    "learner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="people.person",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="evidence.task",
                    ),
                ),
                (
                    "withdrawal",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="evidence.withdrawal",
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
            name="Rating",
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
                ("done_at", models.BigIntegerField()),
                (
                    "clock",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "an order alone"),
                            (1, "microseconds since 1970, UTC"),
                            (2, "microseconds since an origin that is not known"),
                        ],
                        default=1,
                    ),
                ),
                ("recorded_at", models.BigIntegerField()),
                ("recorded_by", models.BigIntegerField(null=True)),
                ("level", models.PositiveSmallIntegerField()),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("self", "Self"),
                            ("peer", "Peer"),
                            ("family", "Family"),
                            ("coach", "Coach"),
                            ("teacher", "Teacher"),
                            ("assessor", "Assessor"),
                        ],
                        max_length=8,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                (
                    "artifact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="evidence.artifact",
                    ),
                ),
                (
                    "competency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="frameworks.competency",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="evidence.criterion",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="people.person",
                    ),
                ),
                (
                    "rater",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings_given",
                        to="people.person",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="evidence.task",
                    ),
                ),
                (
                    "withdrawal",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="evidence.withdrawal",
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
            model_name="artifact",
            name="withdrawal",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="evidence.withdrawal",
            ),
        ),
        migrations.AddConstraint(
            model_name="slip",
            constraint=models.UniqueConstraint(
                fields=("district_id", "framework", "code"),
                name="slip_code_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                fields=("district_id", "framework", "source_id"),
                name="task_source_id_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["item", "check", "project", "observation", "resource", "portfolio"],
                    )
                ),
                name="task_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("depth_of_knowledge", None),
                    ("depth_of_knowledge__range", (1, 4)),
                    _connector="OR",
                ),
                name="task_depth_is_1_to_4",
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(
                fields=("task", "position"), name="criterion_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                fields=("task", "position"), name="answer_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_right", False), ("slip", None), _connector="OR"),
                name="right_answer_shows_no_slip",
            ),
        ),
        migrations.AddConstraint(
            model_name="alignment",
            constraint=models.UniqueConstraint(
                fields=("task", "competency"), name="alignment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignment",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__gt", 0)), name="alignment_weighs_something"
            ),
        ),
        migrations.AddIndex(
            model_name="response",
            index=models.Index(
                fields=["district_id", "learner", "done_at"], name="response_by_learner"
            ),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__gte", 0), ("outcome__lte", 1)),
                name="outcome_is_0_to_1",
            ),
        ),
        migrations.AddIndex(
            model_name="rating",
            index=models.Index(
                fields=["district_id", "learner", "done_at"], name="rating_by_learner"
            ),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role__in", ["self", "peer", "family", "coach", "teacher", "assessor"])
                ),
                name="rater_role_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="artifact",
            index=models.Index(
                fields=["district_id", "learner", "done_at"], name="artifact_by_learner"
            ),
        ),
    ]
