"""What the demo's people raised at contacts: told to their member, then handled and answered like any other concern.

Some were raised over the year and have gone their way; those of the last days wait for triage.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tongxin.hear.concerns.demo.stories import Follower, Story
from tongxin.hear.concerns.tasks import close_unrated
from tongxin.kernel import door
from tongxin.kernel.actor import Actor
from tongxin.kernel.demo import Demo
from tongxin.people import queries as people

from ..models import ConstituentLink, ContactRecord
from ..workflow import CONTACTS


def build(demo: Demo, by: Actor, texts: list[dict[str, Any]]) -> None:
    """All of it in the order of time. `by` records for members without an account."""
    teller = Follower(demo, demo.random.random())
    sectors = {sector.code: sector.name for sector in teller.sectors.values()}
    events: list[tuple[datetime, int, Story, str]] = []
    met: set[int] = set()
    for number, text in enumerate(texts):
        at = demo.now - timedelta(days=text.get("days", number + 1), hours=7)
        link = _link(text["sector"], at, met)
        if link is None:
            continue
        met.add(link.pk)
        told = text | {"key": f"raised-{number}", "sector": sectors[text["sector"]], "link": link}
        story = Story(told, at, text.get("stops", ""))
        if "days" in text:
            teller.plan(story)
        steps = [(at, "raise"), *story.until()]
        events += [(moment, number, story, step) for moment, step in steps if moment <= demo.now]
    for at, _number, story, step in sorted(events, key=lambda event: event[:2]):
        if step == "raise":
            _raise(story, by)
        else:
            teller.take(story, at, step)
    close_unrated(demo.now)


def _link(sector: str, at: datetime, met: set[int]) -> ConstituentLink | None:
    """Somebody of the sector who was with a member on that day and has raised nothing yet."""
    rows = ConstituentLink.objects.filter(to_on=None, from_on__lt=timezone.localdate(at)).exclude(pk__in=met)
    rows = rows.filter(constituent__sector__code=sector, member__sector__code=sector)
    return rows.select_related("member__person__user").order_by("id").first()


def _raise(story: Story, by: Actor) -> None:
    """The contact at which it was raised."""
    text, link = story.text, story.text["link"]
    user = link.member.person.user
    told = {
        "member": link.member_id, "people": [link.constituent_id], "channel": "visit", "concern_named": "on",
        "summary": "坐下来聊了半个钟头，有一件事拜托转上去。", "concern_text": text["text"],
        "concern_topic": text["topic"], "on": timezone.localdate(story.at), "token": f"demo-{story.key}",
    }  # fmt: skip
    actor = people.actor_of(user) if user else by
    record: ContactRecord = door.begin(CONTACTS, "record", actor, told, now=story.at)
    story.concern = record.raised.select_related("concern").get().concern
