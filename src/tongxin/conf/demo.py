"""`tongxin demo`: a whole assembly to try things on, made through the door like any real use."""

from __future__ import annotations

import os
import random
import secrets
import tomllib
from pathlib import Path

import click
from django.db import transaction
from django.utils import timezone

from tongxin.kernel import demo as rooms
from tongxin.kernel.actor import system

SEED = 1158
ACCOUNTS = "admin office committee member convener leader station body editor reviewer signer"


@click.command()
@click.option(
    "--profile", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Figures to build (TOML)."
)
@click.option("--seed", default=SEED, show_default=True, help="Another seed gives other names and days.")
@click.option("--if-empty", is_flag=True, help="Do nothing when there is an assembly already.")
def demo(profile: Path | None, seed: int, if_empty: bool) -> None:
    """Build the demo assembly. The built-in profile is Shuangyashan 2023/24."""
    from tongxin.people.models import Assembly

    if Assembly.objects.exists():
        if if_empty:
            click.echo(f"演示数据已在。可用账号：{ACCOUNTS}（口令见首次启动时的输出，或 TONGXIN_DEMO_PASSWORD）")
            return
        raise click.ClickException("数据库里已经有政协组织；演示只能装进空数据库。换一个 TONGXIN_DATA_DIR 再试。")
    password = os.environ.get("TONGXIN_DEMO_PASSWORD") or f"tongxin-{secrets.token_hex(3)}"
    built = build(tomllib.loads(profile.read_text("utf-8")) if profile else None, seed, password, click.echo)
    click.echo("")
    click.echo(f"演示已建好。账号：{ACCOUNTS}")
    click.echo(f"口令都是：{built.password}")


def build(profile: dict | None, seed: int, password: str, say: object = None) -> rooms.Demo:
    """Make the demo in one transaction; the same seed and day make the same demo."""
    shelf = rooms.Demo(
        profile=profile or {},
        now=timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0),
        password=password,
        random=random.Random(seed),
        system=system("演示"),
        say=say if callable(say) else lambda text: None,
    )
    shelf.profile = profile or shelf.data("shuangyashan")
    with transaction.atomic():
        rooms.build(shelf)
    return shelf
