from django.db import migrations, models

import manypaths.base.ids
import manypaths.base.scope


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DoomedFile",
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
                ("name", models.UUIDField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="DistrictExport",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("writing", "is being written"),
                            ("done", "ready"),
                            ("broken", "broke on our side"),
                        ],
                        max_length=8,
                    ),
                ),
                ("step", models.CharField(blank=True, max_length=60)),
                ("n_done", models.BigIntegerField(default=0)),
                ("n_bytes", models.BigIntegerField(null=True)),
                ("asked_at", models.BigIntegerField()),
                ("asked_by", models.BigIntegerField()),
                ("ended_at", models.BigIntegerField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["district_id", "asked_at"], name="district_export_by_time")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["writing", "done", "broken"])),
                        name="district_export_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
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
                ("person_number", models.BigIntegerField()),
                ("person_hash", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "waits for a second person"),
                            ("confirmed", "waits for its day"),
                            ("withdrawn", "taken back"),
                            ("done", "done"),
                        ],
                        max_length=9,
                    ),
                ),
                ("asked_at", models.BigIntegerField()),
                ("asked_by", models.BigIntegerField(null=True)),
                ("confirmed_at", models.BigIntegerField(null=True)),
                ("confirmed_by", models.BigIntegerField(null=True)),
                ("due_at", models.BigIntegerField(null=True)),
                ("ended_at", models.BigIntegerField(null=True)),
                ("n_rows", models.IntegerField(default=0)),
                ("n_files", models.IntegerField(default=0)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("asked", "confirmed"))),
                        fields=("person_number",),
                        name="one_open_erasure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["asked", "confirmed", "withdrawn", "done"])
                        ),
                        name="erasure_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="erasure_says_why"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
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
                    "scope",
                    models.CharField(
                        choices=[
                            ("person", "One person"),
                            ("group", "A group"),
                            ("organization", "A school or the district"),
                        ],
                        max_length=12,
                    ),
                ),
                ("scope_id", models.BigIntegerField()),
                ("reason", models.CharField(max_length=500)),
                ("placed_at", models.BigIntegerField()),
                ("placed_by", models.BigIntegerField(null=True)),
                ("until", models.DateField(null=True)),
                ("released_at", models.BigIntegerField(null=True)),
                ("released_by", models.BigIntegerField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["district_id", "scope", "scope_id"], name="hold_by_scope")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ["person", "group", "organization"])),
                        name="hold_scope_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="hold_says_why"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("at", models.BigIntegerField()),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("erased", "Erased"),
                            ("deleted", "Deleted"),
                            ("held", "Held"),
                            ("released", "Released"),
                        ],
                        max_length=8,
                    ),
                ),
                ("subject_kind", models.CharField(max_length=12)),
                ("subject_hash", models.CharField(max_length=64)),
                ("detail", models.CharField(blank=True, max_length=60)),
                ("up_to", models.BigIntegerField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="ledger_by_time")],
            },
        ),
        migrations.CreateModel(
            name="RetentionSettings",
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
                ("days", models.JSONField(default=dict)),
                ("deletes_by_itself", models.BooleanField(default=False)),
                ("changed_at", models.BigIntegerField()),
                ("changed_by", models.BigIntegerField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("district_id",), name="retention_settings_once")
                ],
            },
        ),
    ]
