"""Event streams: answers whose events are handed out as they come."""

from __future__ import annotations

from coinslot.streams._events import AsyncEvents, Events
from coinslot.streams._parser import Event, EventTooLong, Parser

__all__ = ["AsyncEvents", "Event", "EventTooLong", "Events", "Parser"]
