"""报送单: the sheet with which a brief is handed in, in whatever state it is."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from tongxin.documents.official import Paper, Table
from tongxin.documents.official.content import written
from tongxin.kernel import options
from tongxin.kernel.actor import Actor
from tongxin.kernel.personal import mask_phone
from tongxin.people import phones
from tongxin.people import policy as people

from .. import queries
from ..models import Brief, BriefAuthor
from . import parameters, parts

HEADINGS = ("情况与问题", "原因分析", "意见建议")
#: 密级, which domain §5.2 has on the sheet, are these three by law; who may read it (阅读范围) is none.
SECRET = ("绝密", "机密", "秘密")
COLUMNS = (5, 9, 5, 9)  # their shares of the 28 characters of a line


def make(actor: Actor, brief: Brief, *, reveal: bool = False) -> Paper:
    """The sheet. Telephone numbers: one's own whole; those of others masked for whoever may look them up, whole with
    `reveal` (the caller has it noted); none for anybody else."""
    authors = queries.authors(brief)
    return Paper(
        f"{parameters.name(brief.assembly)}报送单",
        body=(_facts(actor, brief, authors, reveal), *parts.body(brief, HEADINGS)),
    )


def may_reveal(actor: Actor, brief: Brief) -> bool:
    """Whether there are numbers on this sheet that the actor sees masked and may have whole."""
    return any(
        author.member and author.member.person.phone and not _own(actor, author) and _may_look(actor, author)
        for author in queries.authors(brief)
    )


def _facts(actor: Actor, brief: Brief, authors: Sequence[BriefAuthor], reveal: bool) -> Table:
    where = brief.assembly_id
    writer = brief.drafter or str((brief.editor if brief.gathered else brief.created_by) or "")
    handed_in = written(timezone.localdate(brief.submitted_at)) if brief.submitted_at else "尚未报送"
    level = options.label(where, "briefs.secrecy", brief.secrecy)
    secret, range_ = (level, "") if level.startswith(SECRET) else ("", level)
    phones_ = "\n".join(_phone(actor, author, reveal) or "—" for author in authors)
    rows = (
        ("题目", brief.title),
        ("编号", brief.number, "报送日期", handed_in),
        ("反映人", "\n".join(author.name for author in authors), "电话", phones_ if phones_.strip("—\n") else ""),
        ("单位职务", _units(brief, authors)),
        ("界别", _sectors(brief, authors), "执笔人", writer),
        ("类别", options.label(where, "briefs.category", brief.category), "阅读范围", range_ or "—"),
        ("密级", secret or "—", "署名公开",
         "☑同意　□不同意" if brief.name_public else "□同意　□不同意"),
        ("来源", _sources(brief)),
    )  # fmt: skip
    return Table(rows, COLUMNS, header=False, labels=True, spans=True)


def _sectors(brief: Brief, authors: Sequence[BriefAuthor]) -> str:
    own = dict.fromkeys(author.member.sector.name for author in authors if author.member)
    return "、".join(own) or (brief.sector.name if brief.sector else "")


def _units(brief: Brief, authors: Sequence[BriefAuthor]) -> str:
    """Unit and post; of several authors each on a line of its own."""
    if len(authors) < 2:
        return (authors[0].unit if authors else "") or brief.unit
    return "\n".join(f"{author.name}：{author.unit or '—'}" for author in authors)


def _phone(actor: Actor, author: BriefAuthor, reveal: bool) -> str:
    if author.member is None or not author.member.person.phone:
        return ""
    number = author.member.person.phone
    if _own(actor, author):
        return phones.readable(number)
    if not _may_look(actor, author):
        return ""
    return phones.readable(number) if reveal else mask_phone(number)


def _own(actor: Actor, author: BriefAuthor) -> bool:
    return actor.is_user and author.user_id == actor.user_id


def _may_look(actor: Actor, author: BriefAuthor) -> bool:
    return author.member is not None and people.reveal_phone.allows(actor, author.member)


def _sources(brief: Brief) -> str:
    """The numbers of the concerns behind it, and of the briefs it was made of."""
    concerns = queries.concern_numbers(brief)
    told = [f"群众诉求 {'、'.join(concerns)}"] if concerns else []
    if made_of := [source.number for source in brief.sources.order_by("id")]:
        told.append(f"来稿 {'、'.join(made_of)}")
    return "\n".join(told) or "—"
