from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_roster_sources")]

    operations = [
        migrations.AddField(model_name="group", name="ends_on", field=models.DateField(null=True)),
        migrations.AddField(
            model_name="organization", name="closed_on", field=models.DateField(null=True)
        ),
    ]
