"""The server's asynchronous work, from its acceptance to its result."""

from coinslot.jobs._faces import AsyncJob, Job
from coinslot.jobs._state import JobState
from coinslot.jobs._token import read_token, taken_up, write_token
from coinslot.jobs._watch import Watch
from coinslot.jobs._work import accept, known

__all__ = ["AsyncJob", "Job", "JobState", "Watch", "accept", "known", "read_token", "taken_up", "write_token"]
