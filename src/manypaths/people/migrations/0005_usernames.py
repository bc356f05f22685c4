"""Let people without an address sign in: a username beside the address, which may be missing."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F


def take_addresses(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("people", "User").objects.update(username=F("email"))


class Migration(migrations.Migration):
    dependencies = [("people", "0004_ends_of_groups_and_schools")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="username",
            field=models.CharField(max_length=254, null=True),
        ),
        migrations.RunPython(take_addresses, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="username",
            field=models.CharField(max_length=254, unique=True),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(max_length=254, null=True, unique=True),
        ),
    ]
