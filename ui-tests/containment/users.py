"""Settings of a Jupyter server that two people share, each with a token of their own."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth import IdentityProvider, User

USERS = {"alice-token": "alice", "mallory-token": "mallory"}


class TwoUsers(IdentityProvider):
    """Knows people by their tokens, then by the cookies that they got for them."""

    auth_enabled = True

    async def get_user_token(self, handler: Any) -> User | None:
        """Return whose token a request has."""
        name = USERS.get(self.get_token(handler) or "")
        return User(name) if name else None


c = get_config()  # type: ignore[name-defined]  # noqa: F821
c.ServerApp.identity_provider_class = TwoUsers
