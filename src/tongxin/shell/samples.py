"""Examples for the page that shows every component; only used while debugging, so its words are not translated."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone

from tongxin.kernel.journal import Event

from .parts import Part, Step


class Sample(forms.Form):
    """One field of each kind."""

    text = forms.CharField(
        label="您想说什么事？",
        max_length=2000,
        help_text="写清楚在哪、什么事、多久了就行。",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    topic = forms.ChoiceField(
        label="是哪方面的？",
        required=False,
        widget=forms.RadioSelect,
        choices=list(enumerate(["道路交通", "社区物业", "看病就医", "上学", "办企业", "环境", "养老", "其他"])),
    )
    mood = forms.ChoiceField(
        label="您觉得呢？", widget=forms.RadioSelect, choices=[("a", "满意"), ("b", "一般"), ("c", "不满意")]
    )
    name = forms.CharField(label="怎么称呼", required=False, max_length=20)
    phone = forms.CharField(label="手机号", required=False, max_length=20)
    sector = forms.ChoiceField(label="界别", choices=[("1", "教育"), ("2", "医药卫生")])
    consent = forms.BooleanField(label="可以用这个号码告诉我结果")
    day = forms.DateField(label="哪一天", widget=forms.DateInput(attrs={"type": "date"}))
    picture = forms.FileField(label="图片", required=False)


def everything() -> dict[str, Any]:
    """The context of the page of components."""
    now, today = timezone.now(), timezone.localdate()
    return {
        "form": Sample(initial={"topic": 1}),
        "wrong": Sample({"text": "", "phone": "12"}),
        "moments": [now - timedelta(minutes=m) for m in (0, 12, 130, 1500, 4400, 30000, 700000)],
        "days": [today + timedelta(days=d) for d in (-3, 0, 1, 6, 20)],
        "today": today,
        "now": now,
        "ago": now - timedelta(hours=2),
        "story": [
            Event(now - timedelta(days=9), "", "您在尖山区八马路联络站说了这件事"),
            Event(now - timedelta(days=8), "周岩", "教育界别委员接到并到现场看过", "“情况属实，共 6 盏不亮，已拍照。”"),
            Event(now - timedelta(days=7), "韩静", "转市住房和城乡建设局办理", "应于 11月18日前答复（10 个工作日）"),
            Step("告诉您结果，等您评价", "今天", "now"),
            Step("您评价", "", "next"),
        ],
        "steps": [
            Step("立案交办", "3月12日"),
            Step("签收", "3月14日"),
            Step("办前面商", "3月28日 · 2 次"),
            Step("会办意见", "4月10日"),
            Step("逐条答复", "正在填写", "now"),
            Step("会签", "", "next"),
            Step("督办审核", "", "next"),
            Step("委员评价", "政协直接发起", "next"),
        ],
        "pieces": [
            Part("省采用", 9, "#"),
            Part("市领导批示", 11, "#"),
            Part("转部门办理", 13, "#"),
            Part("留存", 5, "#"),
        ],
        "rates": [("办复率", 118, 118, "indigo"), ("办成率", 73, 118, "seal"), ("满意率", 117, 118, "jade")],
        "page": Paginator(range(95), 20).page(2),
        "queue": [
            ("八马路小学门口路灯半个月不亮", "尖山区 · 教育", 0),
            ("兴业村合作社贷款批不下来", "集贤县 · 农业", 3),
            ("乡镇卫生院慢病药经常断供", "宝山区 · 医药卫生", -1),
            ("老旧小区加装电梯没人牵头", "尖山区 · 社会福利", 12),
        ],
        "typed": [("text", "八马路小学门口的路灯坏了半个多月，一共六盏不亮。孩子放学看不见路。" * 2)],
    }
