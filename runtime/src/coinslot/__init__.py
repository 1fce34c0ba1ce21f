"""Coinslot: the runtime that generated clients of paid HTTP APIs stand on.

Everything public is a name of this module; each loads with its subject, when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from coinslot.call import AnswerT as AnswerT
from coinslot.call import Call as Call
from coinslot.call import PaidCall as PaidCall
from coinslot.call import QuoteT as QuoteT
from coinslot.models import AnswerModel as AnswerModel
from coinslot.models import RequestModel as RequestModel
from coinslot.money import Dollars as Dollars
from coinslot.results import MediaUrl as MediaUrl
from coinslot.results import Result as Result
from coinslot.route import JobStyle as JobStyle
from coinslot.route import PricePerSecond as PricePerSecond
from coinslot.route import PriceRange as PriceRange
from coinslot.route import Route as Route

if TYPE_CHECKING:
    from coinslot.client import AsyncClient as AsyncClient
    from coinslot.client import Client as Client
    from coinslot.client import Group as Group
    from coinslot.jobs import AsyncJob as AsyncJob
    from coinslot.jobs import Job as Job
    from coinslot.jobs import JobState as JobState
    from coinslot.uploads import AsyncUploadGroup as AsyncUploadGroup
    from coinslot.uploads import Upload as Upload
    from coinslot.uploads import UploadGroup as UploadGroup

_HOMES = {
    "AsyncClient": "client",
    "AsyncJob": "jobs",
    "AsyncUploadGroup": "uploads",
    "Client": "client",
    "Group": "client",
    "Job": "jobs",
    "JobState": "jobs",
    "Upload": "uploads",
    "UploadGroup": "uploads",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"coinslot.{home}"), name)
    globals()[name] = value
    return value
