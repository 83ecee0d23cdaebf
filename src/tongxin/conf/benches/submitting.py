"""Sending the public form as a browser does: its token, its cookie, a new page's mark each time."""

from __future__ import annotations

import itertools
import re
import uuid

from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

TEXT = "楼下的路灯又不亮了，晚上老人出门看不清台阶，昨天有人崴了脚。希望派人来看看，谢谢。"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Form:
    """The form of a public page, opened once. Every `body` is another person's words with a telephone number."""

    content_type = MULTIPART_CONTENT

    def __init__(self, path: str) -> None:
        self.path = path
        self.client = Client(enforce_csrf_checks=True)
        page = self.client.get(path).content.decode()
        found = _TOKEN.search(page)
        if found is None:
            raise RuntimeError(f"{path} has no form that can be sent")
        self.csrf = found[1]
        self.cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.client.cookies.items())
        self.numbers = itertools.count(1)

    def body(self) -> bytes:
        return encode_multipart(BOUNDARY, self._told())

    def send(self) -> int:
        """Send it within this process; returns the status."""
        return self.client.post(self.path, self._told()).status_code

    def _told(self) -> dict[str, str]:
        number = next(self.numbers)
        return {
            "csrfmiddlewaretoken": self.csrf,
            "token": str(uuid.uuid4()),
            "text": f"{TEXT}（{number}号楼）",
            "topic": "",
            "speaker_name": "周女士",
            "speaker_phone": f"1394690{number % 10000:04d}",
            "county": "",
        }
