"""A national system that keeps what its subscription tells it, as the documents say it should."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.testclient import TestClient

from ilink_runtime import bundle, subscriptions
from ilink_runtime.adapters import loading
from tests.api.bureaus import Bureaus


def subscribed(bureaus: Bureaus, code: str, name: str = "copy", **more: Any) -> str:
    """A new subscription of a bureau."""
    adapters = loading.described(bundle.DEFAULT)["adapters"]
    standard = bureaus.app.state.bundle
    return bureaus.store.write(
        lambda c: subscriptions.create(c, standard, adapters, code, name, "case work", **more)
    )


@dataclass
class Copy:
    """What a system holds: messages by their reference, up to a cursor."""

    client: TestClient
    subscription: str
    limit: int = 50
    cursor: int = 0
    held: dict[str, dict[str, Any]] = field(default_factory=dict)

    def page(self, after: int | None = None) -> dict[str, Any]:
        """One answer."""
        params = {"after": self.cursor if after is None else after, "limit": self.limit}
        said = self.client.get(f"/api/v1/subscriptions/{self.subscription}/deliveries", params=params)
        assert said.status_code == 200, said.text
        found: dict[str, Any] = said.json()
        return found

    def follow(self) -> list[dict[str, Any]]:
        """Comes and asks until there is no more; what it was told."""
        told: list[dict[str, Any]] = []
        while True:
            page = self.page()
            for one in page["deliveries"]:
                if one["kind"] == "removed":
                    self.held.pop(one["reference"], None)
                else:
                    self.held[one["reference"]] = one
            told += page["deliveries"]
            self.cursor = page["next"]
            if not page["more"]:
                return told

    def confirm(self, *references: str) -> dict[str, Any]:
        """Says that messages are gone."""
        path = f"/api/v1/subscriptions/{self.subscription}/confirmations"
        said = self.client.post(path, json={"references": references})
        assert said.status_code == 200, said.text
        found: dict[str, Any] = said.json()
        return found
