"""Several briefs become one: a new one, or one that is being edited."""

import pytest

from tests.cast import Cast
from tests.rooms.briefs.ways import TEXT, begin, brief_in, errors, issue, move, second_member
from tongxin.carry.briefs import queries
from tongxin.carry.briefs.models import Brief
from tongxin.kernel.errors import Invalid
from tongxin.kernel.models import Notice

pytestmark = pytest.mark.django_db


def test_several_become_one_that_cites_them_and_everybody_keeps_the_credit(cast: Cast) -> None:
    second_member(cast)
    concern = cast.concern()
    first = brief_in(cast, "submitted")
    other = move(cast, begin(cast, "other", title="学校门口太黑"), "submit", "other")
    third = move(cast, begin(cast, "office", concerns=[concern.pk]), "submit", "office")
    merged = move(cast, first, "merge", "info_editor", others=[other.pk, third.pk], title="学校周边照明")
    new = Brief.objects.get(gathered=True)
    assert (merged.state, merged.merged_into, new.state, new.title) == ("merged", new, "editing", "学校周边照明")
    assert {source.pk for source in new.sources.all()} == {first.pk, other.pk, third.pk}
    assert {author.name for author in new.authors.all()} == {"周岩", "孙萍", "office用户"}
    assert all(author.by_way_of_id for author in new.authors.all())
    assert [author.name for author in other.authors.all()] == ["孙萍"]  # the source keeps its own
    assert new.concerns.get().concern == concern
    assert new.from_people
    assert first.number in new.situation
    assert other.number in new.situation
    for who in ("member", "other"):
        assert Notice.objects.filter(user=cast.users[who], event__verb="merge").exists()
        assert queries.readable(cast.actor(who)).filter(pk=new.pk).exists()
    new = move(cast, new, "edit", "info_editor", **{**TEXT, "title": new.title})
    new = issue(cast, new)
    new = move(cast, new, "feed_back", "info_editor", result="resolved", text="修好了。")
    concern.refresh_from_db()
    assert concern.state == "answered"
    assert Notice.objects.filter(user=cast.users["other"], event__verb="feed_back").exists()


def test_merging_into_one_that_is_being_edited(cast: Cast) -> None:
    target, source = brief_in(cast, "editing"), brief_in(cast, "submitted")
    merged = move(cast, source, "merge", "info_editor", into=target.pk)
    assert (merged.state, merged.merged_into, Brief.objects.count()) == ("merged", target, 2)


def test_merging_into_itself_into_a_withdrawn_or_a_finished_one_is_refused(cast: Cast) -> None:
    source = brief_in(cast, "submitted")
    withdrawn, issued = brief_in(cast, "withdrawn"), brief_in(cast, "issued")
    reviewed = brief_in(cast, "reviewing")
    for target, word in ((source, "自己"), (withdrawn, "撤回"), (issued, "不在编辑"), (reviewed, "不在编辑")):
        with pytest.raises(Invalid) as refused:
            move(cast, source, "merge", "info_editor", into=target.pk)
        assert word in errors(refused)
    for data in ({}, {"others": [source.pk]}, {"others": [brief_in(cast, "withdrawn").pk]}):
        with pytest.raises(Invalid):
            move(cast, source, "merge", "info_editor", **data)
    source.refresh_from_db()
    assert source.state == "submitted"
