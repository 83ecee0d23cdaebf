"""Search looks through the newest weeks first: PostgreSQL's index gets a term for the time of a document."""

from django.db import migrations

from tongxin.kernel import textindex


def slice_by_day(apps, schema_editor):
    textindex.slice_by_day(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_search_by_day")]
    operations = [migrations.RunPython(slice_by_day, migrations.RunPython.noop)]
