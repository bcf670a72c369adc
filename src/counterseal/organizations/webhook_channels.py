"""Webhook channels: which endpoints are told of activities, so that whoever decides one knows it from memory.

A channel is an endpoint from when it becomes active until it no longer is. One that becomes active again has another
channel, so that what the first was still to be told is not told to the second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from counterseal.organizations import sizes
from counterseal.organizations.item import Item

if TYPE_CHECKING:
    from counterseal.organizations.fold import Draft

_BYTES = 250  # the object with its ids, and its place in the map of the snapshot


class WebhookChannel(Item, frozen=True, kw_only=True, gc=False):
    """An active endpoint that is subscribed to ACTIVITY_UPDATES, ``filters`` being the JSON that says to which."""

    KIND: ClassVar[str] = "webhook_channel"
    HELD_IN: ClassVar[str] = "webhook_channels"

    endpoint_id: str
    filters: str | None = None

    @property
    def bytes_held(self) -> int:
        """See ``Item``."""
        return _BYTES + sizes.texts(self.filters)


class WebhookChannelOpened(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """An endpoint is told from now on."""

    channel: WebhookChannel

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.put(self.channel)


class WebhookChannelClosed(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """An endpoint is told no more."""

    channel_id: str

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.remove(WebhookChannel, self.channel_id)
