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
        Paragraph(
            "近来界别群众在联络站多次谈到，老旧小区加装电梯“政策有了、落地还难”。围绕这一问题，委员走访了6个小区，"
            "与120余户居民、3家施工企业和有关部门座谈，现将有关情况反映如下。"
        ),
        Heading(1, "情况与问题"),
        Paragraph(
            "2000年以前建成的住宅楼多为六层以上，没有电梯。住在高层的老年人下楼一次往往要歇三四回，买菜、就医、"
            "晒太阳都成了难事，有的老人一年下不了几次楼。2023年以来全市提出申请的单元有86个，开工的只有19个。"
        ),
        Heading(2, "资金“缺口”较大"),
        Paragraph(
            "一部电梯连同土建约需50万元，补贴15万元，其余由住户分担。低层住户不愿出钱，高层住户负担过重，"
            "一户退出，整个单元就停下来。物业维修资金和住房公积金虽可提取，但手续多、时间长。"
        ),
        Heading(2, "办理环节较多"),
        Paragraph("从申请到开工要经过规划、住建、消防、市场监管等多个窗口，材料重复提交，平均用时七个月。"),
        Heading(1, "原因分析"),
        Heading(3, "分担办法不明"),
        Heading(4, "一户一策"),
        Items(("没有分层分担的参考比例，谈不拢时无人调解。", "采光、噪声受影响的低层住户缺少补偿办法。")),
        Heading(1, "建议"),
        Paragraph(
            "一是出台分层分担的指导比例，由社区牵头、司法所参与调解，谈成一个单元就开工一个单元。二是把补贴提前到"
            "开工时拨付一半，允许一次提取公积金。三是设一个窗口统一收件、并联审批，把时间压到两个月以内。"
            "四是建好以后由物业统一维护，费用每年公开，让住户用得放心。"
        ),
        Table(
            (("环节", "现在（天）", "建议（天）"), ("征求意见", "90", "30"), ("审批", "120")),
            (2, 1, 1),
            caption="表1　办理时间",
        ),
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

LETTER = Paper(
    "关于政协某某市第十二届委员会第五次会议第0118号提案的答复",
    Head(Sort.LETTER, "某某市住房和城乡建设局", "某建函〔2024〕12号", copy_number="000001", secrecy="A类"),
    "甲某某委员",
    (
        Paragraph("您提出的“关于加装电梯的提案”收悉，现答复如下："),
        Paragraph(plain(500) + "。"),
        Paragraph("感谢您对我们工作的关心和支持。"),
    ),
    ("征询意见表",),
    Signature("某某市住房和城乡建设局", date(2024, 6, 5), note="联系人：乙某，电话：000-0000000"),
    Colophon((("抄送", "市政协提案委，市政府督查室。"),)),
)

ALL = {"full": FULL, "sheet": SHEET, "file": FILE, "upward": UPWARD, "letter": LETTER, "slip": SLIP}
