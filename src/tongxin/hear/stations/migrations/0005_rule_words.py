from django.db import migrations, models


def several(apps, schema_editor):
    """Which one in the month becomes a list of one."""
    rules = apps.get_model("stations", "RotaRule")
    for rule in rules.objects.exclude(nth=None):
        rules.objects.filter(pk=rule.pk).update(nths=[rule.nth])


def single(apps, schema_editor):
    """Back: the first of them is kept."""
    rules = apps.get_model("stations", "RotaRule")
    for rule in rules.objects.all():
        rules.objects.filter(pk=rule.pk).update(nth=rule.nths[0] if rule.nths else None)


class Migration(migrations.Migration):

    dependencies = [
        ('stations', '0004_match_by_county'),
    ]

    operations = [
        migrations.AddField(
            model_name='rotarule',
            name='nths',
            field=models.JSONField(blank=True, default=list, verbose_name='which ones'),
        ),
        migrations.AddField(
            model_name='rotarule',
            name='month_days',
            field=models.JSONField(blank=True, default=list, verbose_name='dates'),
        ),
        migrations.AddField(
            model_name='rotarule',
            name='weeks',
            field=models.CharField(blank=True, choices=[('', 'every week'), ('other', 'every other week'), ('odd', 'odd weeks of the year'), ('even', 'even weeks of the year')], default='', max_length=6, verbose_name='which weeks'),
        ),
        migrations.AlterField(
            model_name='rotarule',
            name='kind',
            field=models.CharField(choices=[('weekly', 'every week'), ('monthly', 'weekdays of the month'), ('monthday', 'dates of the month'), ('quarterly', 'weekdays of the quarter'), ('appointment', 'by appointment')], max_length=12, verbose_name='how often'),
        ),
        migrations.AlterField(
            model_name='rotarule',
            name='words',
            field=models.CharField(max_length=160, verbose_name='rule in words'),
        ),
        migrations.RunPython(several, single, elidable=True),
        migrations.RemoveField(model_name='rotarule', name='nth'),
    ]
