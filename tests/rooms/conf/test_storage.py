"""Files in an S3-compatible store, chosen by the environment: kept, read back, listed and deleted there."""

import os
import subprocess
import sys
from pathlib import Path

REGION = "eu-west-3"
ENDPOINT = f"https://s3.{REGION}.amazonaws.com"  # what moto answers for; any other store is named the same way
SCRIPT = """
import django; django.setup()
import boto3
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from moto import mock_aws
from tongxin.kernel.files import _walk

with mock_aws():
    boto3.client("s3", endpoint_url="{endpoint}").create_bucket(
        Bucket="tongxin", CreateBucketConfiguration={{"LocationConstraint": "{region}"}}
    )
    path = "2305/ab/" + "0" * 32
    assert default_storage.save(path, ContentFile(b"kept")) == path
    assert default_storage.save(path, ContentFile(b"another")) != path, "nothing is written over"
    with default_storage.open(path) as file:
        assert file.read() == b"kept"
    assert (path.rsplit("/", 1)[0], [path.rsplit("/", 1)[1]]) in list(_walk())
    default_storage.get_modified_time(path)
    default_storage.delete(path)
    assert not default_storage.exists(path)
    client = default_storage.connection.meta.client
    print(client.meta.endpoint_url, client.meta.region_name, default_storage.default_acl)
"""


def test_the_environment_names_the_store(tmp_path: Path) -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tongxin.conf.settings",
        "TONGXIN_DATA_DIR": str(tmp_path),
        "TONGXIN_S3_BUCKET": "tongxin",
        "AWS_S3_ENDPOINT_URL": ENDPOINT,
        "AWS_S3_REGION_NAME": REGION,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "PYTHONPATH": "src",
    }
    script = SCRIPT.format(endpoint=ENDPOINT, region=REGION)
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [ENDPOINT, REGION, "private"]
    assert not list((tmp_path / "files").glob("*"))
