"""What a module imports, gathered while its parts are written."""

from __future__ import annotations

from dataclasses import dataclass, field

_HOMES = {
    "collections.abc": ("Awaitable", "Mapping", "Sequence"),
    "functools": ("cached_property",),
    "pydantic": ("ConfigDict", "Field", "MISSING", "RootModel"),
    "typing": ("Annotated", "Any", "Literal", "TYPE_CHECKING", "TypeAlias"),
    "coinslot": (
        "AnswerModel", "AnswerT", "AsyncClient", "AsyncEvents", "AsyncJob", "AsyncUploadGroup", "Call",
        "Client", "Dollars", "Events", "EventsT",
        "File", "Group", "Job", "JobStyle", "Media", "MediaUrl",
        "PaidCall", "PaidStreamingCall", "PricePerSecond", "PriceRange", "Quote",
        "QuoteT", "RequestModel", "Result", "Route", "StreamingCall", "Upload", "UploadGroup",
    ),
}  # fmt: skip
_HOME = {name: home for home, names in _HOMES.items() for name in names}


@dataclass(slots=True)
class Imports:
    """Names by the module that they come from; some are needed by type checkers only."""

    _running: dict[tuple[str, str], None] = field(default_factory=dict)
    _checking: dict[tuple[str, str], None] = field(default_factory=dict)

    def run(self, name: str, home: str | None = None) -> None:
        """Import `name` when the module runs."""
        self._running[home or _HOME[name], name] = None

    def check(self, name: str, home: str | None = None) -> None:
        """Import `name` for type checkers."""
        self._checking[home or _HOME[name], name] = None

    @property
    def running(self) -> list[str]:
        """The import lines, unsorted: the formatter sorts them."""
        if self.checking:
            self.run("TYPE_CHECKING")
        return [f"from {home} import {name}" for home, name in self._running]

    @property
    def checking(self) -> list[str]:
        """The import lines that only type checkers see."""
        return [
            f"from {home} import {name}" for home, name in self._checking if (home, name) not in self._running
        ]
