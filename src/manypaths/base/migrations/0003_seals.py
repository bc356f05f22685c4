from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0002_access_log"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "log",
                    models.CharField(
                        choices=[("audit", "Audit"), ("looks", "Looks")], max_length=5
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("runs", models.JSONField()),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("n_entries", models.IntegerField()),
                ("n_late", models.IntegerField(default=0)),
                ("marks", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("sealed_at", models.BigIntegerField()),
                ("pruned_at", models.BigIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("log", "number"), name="seal_number_once")
                ],
            },
        ),
    ]
