"""Reads for the public pages: the assembly they speak for, its year in numbers, and the concern behind a receipt."""

from __future__ import annotations

from dataclasses import dataclass

from tongxin.account.figures.queries import Asked, Line, answers, line
from tongxin.hear.concerns.models import Concern, ConcernFile
from tongxin.kernel import figures
from tongxin.kernel.figures import Group
from tongxin.kernel.text import whole_number
from tongxin.people import queries as people
from tongxin.people.models import Assembly

CHAIN = ("C01", "C03", "C06")  # heard, answered, satisfied: the three numbers on top


@dataclass(frozen=True)
class Year:
    """This year's account: the chain's three numbers, and the other public figures by the parts of the account."""

    year: int
    chain: list[Line]
    parts: list[tuple[Group, list[Line]]]


def home() -> Assembly | None:
    """The assembly that the public pages speak for, remembered for a minute."""
    return people.known_home()


def year(assembly: Assembly) -> Year:
    """The public figures of the running year, at most a minute old. One query, none while remembered."""
    where = figures.scope(assembly)
    about = Asked(where, is_inside=False, is_home=True)
    lines = {answer.figure.code: line(about, answer) for answer in answers(about)}
    chain = [lines.pop(code) for code in CHAIN if code in lines]
    groups = [
        (group, [each for each in lines.values() if each.figure.group == key]) for key, group in figures.GROUPS.items()
    ]
    return Year(where.year, chain, [(group, found) for group, found in groups if found])


def concern_of(receipt_index: str) -> Concern | None:
    """The concern whose receipt has this blind index, with what the holder's page names."""
    related = ("assembly", "county", "sector", "committee", "body", "station")
    found = Concern.objects.filter(receipt_index=receipt_index) if receipt_index else Concern.objects.none()
    return found.select_related(*related).first()


def told_files(concern: Concern) -> list[ConcernFile]:
    """What came with the concern, and with those outcomes that the person was told of."""
    return [file for file in concern.files.select_related("file", "outcome__answer").order_by("id") if _told(file)]


def _told(file: ConcernFile) -> bool:
    return file.outcome is None or hasattr(file.outcome, "answer")


def place_of(assembly: Assembly, county: str) -> Assembly | None:
    """One of the assembly's counties by its id in a form."""
    number = whole_number(county)
    return assembly.children.filter(pk=number).first() if number else None
