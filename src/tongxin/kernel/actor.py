"""Who acts: a signed-in user, a named system actor, or the person who holds a receipt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tongxin.people.models import Assembly, User


@dataclass(frozen=True)
class Grant:
    """A role held in the actor's assembly; `scope` is the id of the committee, sector, body … it is limited to."""

    role: str
    scope: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts, and what that one holds in one assembly. Immutable, so that a rule's answer cannot drift."""

    kind: str  # "user", "system", "receipt" or "public"
    name: str
    assembly: Assembly | None = None
    user: User | None = None
    grants: frozenset[Grant] = frozenset()
    receipt: str = ""  # blind index of the receipt held, for kind "receipt"
    facts: dict[str, Any] = field(default_factory=dict, hash=False, compare=False)

    @property
    def assembly_id(self) -> int | None:
        return self.assembly.pk if self.assembly else None

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def is_user(self) -> bool:
        return self.kind == "user"

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.grants)

    def has(self, *roles: str) -> bool:
        """Whether any of the roles is held, in whatever scope."""
        return any(grant.role in roles for grant in self.grants)

    def scopes(self, *roles: str) -> list[int]:
        """The ids that the roles are limited to, sorted so that the same actor always makes the same SQL."""
        return sorted({g.scope for g in self.grants if g.role in roles and g.scope is not None})


def system(name: str, assembly: Assembly | None = None) -> Actor:
    """The named system actor for work nobody does by hand: an import, a daily task, the demo."""
    return Actor(kind="system", name=name, assembly=assembly)


def public(assembly: Assembly | None = None) -> Actor:
    """Somebody at the portal, without an account."""
    return Actor(kind="public", name="", assembly=assembly)


def holder(receipt_index: str, assembly: Assembly | None = None) -> Actor:
    """The person who holds the receipt with this blind index."""
    return Actor(kind="receipt", name="", assembly=assembly, receipt=receipt_index)
