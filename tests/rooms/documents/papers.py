"""Papers for the tests: nobody in them exists."""

from datetime import date

from tongxin.documents.official import (
    Colophon,
    Head,
    Heading,
    Items,
    Paper,
    Paragraph,
    Signature,
    Sort,
    Table,
)

#: Characters without a mark among them, so that every line of a full page holds as many as the grid has.
PLAIN = (
    "政协委员联系界别群众是人民政协发挥专门协商机构作用的重要方式和基础环节要把握性质定位坚持以人民为中心的履职理念"
    "不断完善工作机制"
)


def plain(count: int) -> str:
    """So many characters of text."""
    return (PLAIN * (count // len(PLAIN) + 1))[:count]


FULL = Paper("整页文字", body=(Paragraph(plain(28 * 60)),))

SHEET = Paper(
    "关于加快老旧小区加装电梯配套政策落地的建议",
    Head(
        Sort.SHEET,
        "社情民意信息",
        "第3期（总第128期）",
        organ="政协某某市委员会办公室",
        date=date(2024, 3, 5),
        secrecy="内部",
    ),
    body=(
        Paragraph("教育界别委员甲某某反映：\n\n"),
        Heading(1, "情况与问题"),
        Paragraph(plain(300) + "。"),
        Heading(2, "资金“缺口”较大"),
        Paragraph(plain(200) + "。"),
        Heading(3, "分担办法不明"),
        Heading(4, "一户一策"),
        Items(("第一项", "第二项")),
        Heading(1, "建议"),
        Paragraph(plain(260) + "。"),
        Table((("单位", "件数", "办结"), ("住建局", "12", "10"), ("民政局", "3")), (2, 1, 1), caption="表1　办理情况"),
    ),
    colophon=Colophon(
        (
            ("报", "省政协，市委"),
            ("送", "市政府办公室，市住房和城乡建设局，市民政局，市财政局，市自然资源局，市市场监督管理局，各县区政协"),
        ),
        (("签发", "甲某"), ("审核", "乙某"), ("编辑", "丙某"), ("电话", "000-0000000")),
        "政协某某市委员会办公室",
        date(2024, 3, 6),
        50,
    ),
)

FILE = Paper(
    "政协某某市委员会关于印发《委员联系界别群众工作办法（试行）》的通知",
    Head(
        Sort.FILE,
        "政协某某市委员会文件",
        "某协发〔2024〕3号",
        copy_number="000001",
        secrecy="秘密★1年",
        urgency="特急",
    ),
    "各县（区）政协，市政协各专门委员会",
    (Paragraph(plain(300) + "。"), Heading(1, "总体要求"), Paragraph(plain(400) + "。"), Paragraph("特此通知。")),
    ("委员联系界别群众工作办法（试行）", "对照表"),
    Signature("政协某某市委员会", date(2024, 3, 5), note="联系人：甲某"),
    Colophon((("抄送", "市委办公室，市政府办公室。"),), (), "政协某某市委员会办公室", date(2024, 3, 6)),
)

UPWARD = Paper(
    "关于调研情况的请示",
    Head(Sort.FILE, "中共政协某某市委员会党组", "某协党〔2024〕1号", signer="甲某某", star=True),
    "市委",
    (Paragraph(plain(120) + "。"),),
    (),
    Signature("政协某某市委员会办公室", date(2024, 12, 15), sealed=False),
)

SLIP = Paper(
    "社情民意信息处理笺",
    body=(
        Table(
            (("期号", "第3期", "收到日期", ""), ("题目", "关于加装电梯", "", "")),
            (1, 3, 1, 2),
            header=False,
            labels=True,
        ),
        Table((("领导批示", ""), ("转办意见", ""), ("办理结果", "")), (1, 5), heights=(6,), header=False, labels=True),
    ),
)

ALL = {"full": FULL, "sheet": SHEET, "file": FILE, "upward": UPWARD, "slip": SLIP}
