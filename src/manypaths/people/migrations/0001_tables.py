import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import manypaths.base.ids
import manypaths.base.scope


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Organization",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("state", "State"),
                            ("district", "District"),
                            ("school", "School"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("time_zone", models.CharField(default="UTC", max_length=60)),
                ("is_demonstration", models.BooleanField(default=False)),
                ("source_id", models.CharField(blank=True, max_length=255)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="people.organization",
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
            name="Group",
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
                        choices=[("class", "Class"), ("team", "Team"), ("cohort", "Cohort")],
                        default="class",
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("source_id", models.CharField(blank=True, max_length=255)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="groups",
                        to="people.organization",
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
            name="Person",
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
                ("given_name", models.CharField(blank=True, max_length=100)),
                ("family_name", models.CharField(blank=True, max_length=100)),
                ("label", models.CharField(blank=True, max_length=255)),
                (
                    "user",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="person",
                        to=settings.AUTH_USER_MODEL,
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
            name="Membership",
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
                    "part",
                    models.CharField(
                        choices=[("learner", "Learner"), ("lead", "Lead")], max_length=8
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="people.group",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="people.person",
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
            name="Relationship",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("guardian", "Guardian"),
                            ("mentor", "Mentor"),
                            ("coach", "Coach"),
                            ("advisor", "Advisor"),
                        ],
                        max_length=10,
                    ),
                ),
                ("consented_on", models.DateField(null=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supported_by",
                        to="people.person",
                    ),
                ),
                (
                    "supporter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supports",
                        to="people.person",
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
            name="RoleHeld",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("student", "Student"),
                            ("teacher", "Teacher"),
                            ("coach", "Coach"),
                            ("mentor", "Mentor"),
                            ("assessor", "Assessor"),
                            ("leader", "Leader"),
                            ("family", "Family"),
                            ("researcher", "Researcher"),
                        ],
                        max_length=12,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles_held",
                        to="people.organization",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to="people.person",
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
            name="SourceId",
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
                ("source", models.CharField(max_length=100)),
                ("value", models.CharField(max_length=255)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="source_ids",
                        to="people.person",
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
            name="Term",
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
                ("name", models.CharField(max_length=100)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("source_id", models.CharField(blank=True, max_length=255)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="people.organization",
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
            model_name="group",
            name="term",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="groups",
                to="people.term",
            ),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.UniqueConstraint(
                fields=("parent", "name"), name="organization_name_in_parent"
            ),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["state", "district", "school"])),
                name="organization_kind_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                fields=["district_id", "family_name", "given_name"], name="person_by_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("group", "person", "part", "starts_on"), name="membership_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("part__in", ["learner", "lead"])), name="part_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="membership_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="relationship",
            constraint=models.UniqueConstraint(
                fields=("supporter", "learner", "kind", "starts_on"), name="relationship_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="relationship",
            constraint=models.CheckConstraint(
                condition=models.Q(("supporter", models.F("learner")), _negated=True),
                name="relationship_is_with_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="relationship",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["guardian", "mentor", "coach", "advisor"])),
                name="relationship_kind_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="roleheld",
            index=models.Index(
                fields=["district_id", "organization", "role"], name="role_by_organization"
            ),
        ),
        migrations.AddConstraint(
            model_name="roleheld",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "student",
                            "teacher",
                            "coach",
                            "mentor",
                            "assessor",
                            "leader",
                            "family",
                            "researcher",
                        ],
                    )
                ),
                name="role_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="sourceid",
            index=models.Index(fields=["district_id", "value"], name="source_id_by_value"),
        ),
        migrations.AddConstraint(
            model_name="sourceid",
            constraint=models.UniqueConstraint(
                fields=("district_id", "source", "value"), name="source_id_names_one_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                name="term_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.UniqueConstraint(
                fields=("organization", "term", "name"),
                name="group_name_in_term",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["class", "team", "cohort"])),
                name="group_kind_is_known",
            ),
        ),
    ]
