"""Requests for appointments are found by their number, though it is encrypted."""

from django.db import migrations, models

from tongxin.kernel.crypto import blind_index


def index(apps, schema_editor):
    appointments = apps.get_model("stations", "Appointment")
    for asked in appointments.objects.filter(consent_at__isnull=False).only("asker_phone").iterator():
        if asked.asker_phone:
            appointments.objects.filter(pk=asked.pk).update(phone_index=blind_index(asked.asker_phone, "phone"))


class Migration(migrations.Migration):
    dependencies = [("stations", "0008_appointments")]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="phone_index",
            field=models.CharField(blank=True, default="", editable=False, max_length=64),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("phone_index", ""), _negated=True),
                fields=["phone_index"],
                name="appointment_phone",
            ),
        ),
        migrations.RunPython(index, migrations.RunPython.noop, elidable=True),
    ]
