"""The research room's part of the world: reports, prizes and honours of ours and of the neighbouring city."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.research.ways import BACK, INSTRUCTION, TEXT, begin, move, prize, report_in
from tongxin.carry.research.models import Honour
from tongxin.carry.research.workflow import RESEARCH
from tongxin.kernel import door

SAID = {"result": "resolved", "text": "三所学校已改。"}
NOBODYS = 10**6
STATES = ("draft", "review", "reviewed", "finalized", "submitted", "instructed", "applied")


def build(cast: Cast) -> dict[str, Any]:
    """A report of the committee's in each state that matters, one of another committee, one of the neighbouring city;
    prizes and honours under `award …` and `honour …`."""
    made: dict[str, Any] = {state: report_in(cast, state) for state in STATES}
    given = report_in(cast, "instructed")
    on_it = {"instruction": given.instructions.get().pk, "body": cast.roads.pk}
    made["handling"] = move(cast, given, "transfer", "office", **on_it)
    answered = report_in(cast, "instructed")
    on_it |= {"instruction": answered.instructions.get().pk}
    made["replied"] = move(cast, move(cast, answered, "transfer", "office", **on_it), "reply", "body", **SAID)
    others = begin(cast, "office", committee=cast.other_committee.pk, team="", outsiders="钱望舒")
    others = move(cast, others, "visit", "office", on=timezone.localdate(), place="某村", heard=9)
    made["others"] = move(cast, others, "hand_in", "office")
    paper = {"evidence": [SimpleUploadedFile("证书.txt", "一等奖".encode(), "text/plain")]}
    made["filed"] = begin_with_file(cast)
    made["applied"] = move(cast, made["applied"], "award", "office", paper, **prize())
    made["award ours"] = made["applied"].awards.get()
    far = {**TEXT, "assembly": cast.elsewhere.pk}
    made["elsewhere"] = door.begin(RESEARCH, "draft", cast.actor("stranger"), far)
    far_award = {**prize(), "assembly": cast.elsewhere}
    made["award elsewhere"] = made["elsewhere"].awards.create(**far_award)
    told = {"kind": "commendation", "occasion": "先进单位", "issuer": "省政协", "on": timezone.localdate()}
    made["honour ours"] = Honour.objects.create(assembly=cast.city, **told)
    made["honour elsewhere"] = Honour.objects.create(assembly=cast.elsewhere, **told)
    return made


def begin_with_file(cast: Cast) -> Any:
    paper = {"file": [SimpleUploadedFile("报告.txt", "全文".encode(), "text/plain")]}
    data = {**TEXT, "assembly": cast.city.pk, "committee": cast.committee_.pk, "team": "周岩"}
    return door.begin(RESEARCH, "draft", cast.actor("committee"), data, paper)


def address(made: dict[str, Any], page: str, name: str, part: str) -> dict[str, Any]:
    """What stands in the address of one of the room's pages."""
    kind = next((kind for kind in ("award", "honour") if page.startswith(kind)), "")
    found = made.get(f"{kind} {name}".strip())
    kwargs: dict[str, Any] = {"pk": found.pk if found else NOBODYS}
    if page == "unseal":
        return kwargs | {"instruction": made[part or name].instructions.get().pk}
    return kwargs | ({"move": part} if page == "move" else {})


def sent(cast: Cast, made: dict[str, Any], route: str, step: str) -> dict[str, Any]:
    """What is filled in on the room's pages."""
    today = timezone.localdate().isoformat()
    text = {**TEXT, "committee": cast.committee_.pk, "team": "周岩"}
    honour = {"kind": "media", "occasion": "刊发做法", "issuer": "省政协", "on": today}
    moves: dict[str, dict[str, Any]] = {
        "visit": {"on": today, "place": "某校", "heard": 3},
        "strike_visit": {"visit": made["draft"].visits.get().pk, "reason": "记错"},
        "return": BACK,
        "send_back": BACK,
        "submit": {"to": "省政协"},
        "submit_further": {"to": "省政协"},
        "instruct": {**INSTRUCTION, "on": today},
        "instruct_more": {**INSTRUCTION, "on": today},
        "transfer": {"instruction": made["instructed"].instructions.get().pk, "body": cast.roads.pk},
        "reply": SAID,
        "enter_reply": SAID,
        "follow_up": {"done": "in_progress", "text": "一所未改。"},
        "apply": {"application": "列入项目。"},
        "award": prize(name="另一个奖"),
        "withdraw": {"reason": "合并"},
    }
    return {
        "research:move": moves.get(step, {}),
        "research:new": text,
        "research:text": text,
        "research:award_edit": prize(grade="second"),
        "research:honour_new": honour,
        "research:honour_edit": honour,
    }.get(route, {})
