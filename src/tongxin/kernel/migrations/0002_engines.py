"""What the two databases do in their own way: an append-only journal and the full-text index."""

from django.db import migrations

from tongxin.kernel import textindex, triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)
    textindex.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)
    textindex.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
