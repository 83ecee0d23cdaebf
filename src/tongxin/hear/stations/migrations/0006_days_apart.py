from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stations', '0005_rule_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='rota',
            name='apart_days',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='days between two turns, where it can be had'),
        ),
    ]
