from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0002_translations")]

    operations = [
        migrations.AddField(
            model_name="framework", name="words", field=models.JSONField(default=dict)
        ),
    ]
