"""How often an address calls without a token."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_webhooks_and_sharing")]

    operations = [
        migrations.CreateModel(
            name="AddressUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address_hash", models.CharField(max_length=64, unique=True)),
                ("minute", models.BigIntegerField(db_index=True)),
                ("n_calls", models.IntegerField(default=1)),
            ],
        ),
    ]
