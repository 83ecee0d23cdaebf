"""Search looks through the newest weeks of one kind: PostgreSQL's terms for the time of a document name its kind."""

from django.db import migrations

from tongxin.kernel import textindex


def slice_by_day(apps, schema_editor):
    textindex.slice_by_day(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_no_pauses")]
    operations = [migrations.RunPython(slice_by_day, migrations.RunPython.noop)]
