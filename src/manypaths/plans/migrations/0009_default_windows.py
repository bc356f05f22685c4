import django.db.models.deletion
from django.db import migrations, models

import manypaths.base.scope


class Migration(migrations.Migration):
    dependencies = [
        ("frameworks", "0003_words_of_the_school"),
        ("plans", "0008_cleared_rows"),
    ]

    operations = [
        migrations.CreateModel(
            name="DefaultWindowEntry",
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("district_id", "competency"), name="default_window_entry_once"
                    )
                ],
            },
        ),
    ]
