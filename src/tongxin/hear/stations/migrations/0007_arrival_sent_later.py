from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stations', '0006_days_apart'),
    ]

    operations = [
        migrations.AddField(
            model_name='dutyturn',
            name='arrival_sent_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='sent later'),
        ),
    ]
