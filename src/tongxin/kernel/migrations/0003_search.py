"""Search documents that say what is shown of a record and in which state, of which day and sector it is.

The index is made anew from the records (`tongxin search rebuild`, which `tongxin prepare` runs by itself).
"""

import django.db.models.deletion
from django.db import migrations, models

from tongxin.kernel import textindex


def install(apps, schema_editor):
    textindex.install(schema_editor.connection)


def remove(apps, schema_editor):
    textindex.remove(schema_editor.connection)
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE IF EXISTS kernel_search_vocab")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_engines"), ("people", "0001_initial")]
    operations = [
        migrations.RunPython(remove, install),
        migrations.DeleteModel("SearchDocument"),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_type", models.CharField(max_length=60)),
                ("record_id", models.BigIntegerField()),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("title", models.CharField(max_length=300)),
                ("body", models.TextField(blank=True)),
                ("state", models.CharField(blank=True, max_length=20)),
                ("on", models.DateField(null=True)),
                ("terms", models.TextField()),
                (
                    "assembly",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.assembly",
                    ),
                ),
                (
                    "sector",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.sector",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("record_type", "record_id"), name="search_document_once")
                ],
            },
        ),
        migrations.RunPython(install, remove),
    ]
