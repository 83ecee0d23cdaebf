"""Write docs/workflows.md: every workflow as a table and a diagram, straight from the code.

python scripts/workflows.py           write the page
python scripts/workflows.py --check   fail when the page is not what the code says
"""

import os
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "workflows.md"
HEAD = """# Workflows

Made by `scripts/workflows.py` from each room's `workflow`; do not edit. A move in *italics* is not a button: the
system makes it, or the person with the receipt.
"""


def page() -> str:
    """The whole page; Django must be set up."""
    from django.utils import translation

    from tongxin.kernel import workflow

    with translation.override("en"):
        return "\n".join([HEAD, *(_section(flow) for flow in workflow.every())])


def _section(flow) -> str:
    rows = [
        f"| {f'*{move.name}*' if move.hidden else move.name} | {_states(move.frm)} | {move.to or 'stays'} |"
        f" {', '.join(f'{start.kind}' for start in move.starts)} | {', '.join(move.meets)} | {move.source} |"
        for move in flow.moves
    ]
    return "\n".join(
        [
            f"## {flow.label}",
            "",
            "| move | from | to | starts the clock | meets | rule |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            "```mermaid",
            flow.diagram(),
            "```",
            "",
        ]
    )


def _states(names: tuple[str, ...]) -> str:
    return ", ".join(names) if names else "—"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.path[:0] = [str(PAGE.parents[1] / "src"), str(PAGE.parents[1])]
    import django

    django.setup()
    fresh = page()
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text("utf-8") != fresh:
            sys.exit("docs/workflows.md is out of date: run python scripts/workflows.py")
    else:
        PAGE.write_text(fresh, "utf-8")


if __name__ == "__main__":
    main()
