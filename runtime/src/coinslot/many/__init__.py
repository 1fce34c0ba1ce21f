"""Many requests of one route, in one process: so many at a time, out of one budget, resumed by name."""

from coinslot.many._course import Course, name_of, spent_by
from coinslot.many._options import MapOptions
from coinslot.many._outcome import MapReport, Outcome
from coinslot.many._tasks import map_in_tasks
from coinslot.many._threads import map_in_threads

__all__ = [
    "Course",
    "MapOptions",
    "MapReport",
    "Outcome",
    "map_in_tasks",
    "map_in_threads",
    "name_of",
    "spent_by",
]
