"""A list of messages as a city's mailbox hands it over: as long as the real one, made up, with known repetitions."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MANY = 2801
HEADER = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情")
PLACES = (
    "八马路早市", "三道街西口", "向阳小区三号楼", "火电厂家属区", "新兴大街立交桥下", "第四小学门口", "矿务局老宿舍",
    "北市场公交站", "安邦河边", "铁路道口", "红旗乡卫生院", "农机站大院", "体育馆后门", "中心医院急诊楼前", "滨河路",
)  # fmt: skip
TROUBLES = (
    ("路灯不亮", "晚上黑得看不见路，老人孩子都不敢出门"), ("井盖松动", "车一过就响，夜里睡不着，怕有人掉下去"),
    ("暖气不热", "屋里只有十四度，孩子写作业冻得伸不出手"), ("垃圾没人收", "堆了半个月，味道很大，窗户都不敢开"),
    ("停车收费太乱", "没有公示，也不开票，问起来谁都说不清"), ("公交车次太少", "等一个钟头才来一趟，上班总迟到"),
    ("自来水发黄", "放五分钟还是有铁锈味，只好买水喝"), ("电梯常坏", "住九楼的老人一个星期没下过楼"),
    ("工资拖欠", "干了三个月活，一分钱没拿到，家里等着用"), ("校车不停这一站", "孩子要走两里地，冬天路又滑"),
    ("施工扰民", "夜里十一点还在打桩，家里有人上夜班"), ("医保报销难办", "跑了四趟，每趟都说还差一样材料"),
)  # fmt: skip
WISHES = (
    "请有关部门来看一看。",
    "希望给个准话。",
    "盼答复，谢谢！",
    "问过物业和社区，互相推。",
    "请领导为老百姓做主。",
)
#: The same words once more, as people send them again.
AGAIN = (
    lambda text: text,
    lambda text: f"\n\t\t{text}\n",
    lambda text: text.replace("，", ",").replace("。", " 。"),
    lambda text: text.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)}),
)


@dataclass
class Mailbox:
    """`rows` as they stand in the file. `repeats`: number of a repeating row -> number of the row it repeats, where the
    row under the header has number 2."""

    rows: list[tuple[str, ...]] = field(default_factory=list)
    repeats: dict[int, int] = field(default_factory=dict)

    def text(self, number: int) -> str:
        """What the row with that number says, without the space around it."""
        return self.rows[number - 2][-1].strip()

    def written(self, encoding: str) -> bytes:
        """The file."""
        out = io.StringIO(newline="")
        csv.writer(out).writerows([HEADER, *self.rows])
        return out.getvalue().encode(encoding)


def mailbox(rare: str = "") -> Mailbox:
    """The list; `rare` is a word that stands in one in a hundred of the messages."""
    dice, made = random.Random(MANY), Mailbox()
    at = datetime(2018, 11, 20, 7, 5)
    again = dict(zip(sorted(dice.sample(range(400, MANY), 41)), range(41), strict=True))
    for n in range(MANY):
        at += timedelta(minutes=dice.randint(20, 500))
        place, (trouble, effect) = dice.choice(PLACES), dice.choice(TROUBLES)
        title = f"{place}{trouble}"
        if n in again:
            first = dice.choice([k for k in range(2, n + 2) if k not in made.repeats])
            made.repeats[n + 2] = first
            text = AGAIN[again[n] % len(AGAIN)](made.text(first))
        else:
            name = rare if rare and n % 100 == 0 else ""
            text = f"{place}{dice.randint(1, 30)}号{name}附近{trouble}，{effect}。{dice.choice(WISHES)}"
            text = f"{text}我家登记的编号是{n * 7 + 100003}。"
            if n % 3 == 0:
                text = f"\n\t\t\t\n\t\t\t{text}\n说明：“{trouble}”已经{dice.randint(2, 40)}天，\n见附后。\n\t\t"
        made.rows.append((str(188_000 + n), f"U{dice.randint(1, 9999):07d}", title, f"{at:%Y/%-m/%-d %H:%M:%S}", text))
    return made
