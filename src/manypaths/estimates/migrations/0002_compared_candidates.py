from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("estimates", "0001_tables"),
        ("frameworks", "0001_tables"),
    ]

    operations = [
        migrations.AddField(
            model_name="fittedmodel",
            name="comparison",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="fittedmodel",
            name="is_candidate",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="fittedmodel",
            constraint=models.UniqueConstraint(
                condition=Q(is_candidate=True),
                fields=("district_id", "family"),
                name="one_candidate_model",
            ),
        ),
        migrations.AddConstraint(
            model_name="fittedmodel",
            constraint=models.CheckConstraint(
                condition=Q(in_force=False) | Q(is_candidate=False),
                name="candidate_is_not_in_force",
            ),
        ),
    ]
