"""One job: what is known of it, and the flows that learn more. Written once for both faces."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Generic

from pydantic import ValidationError
from typing_extensions import TypeVar

from coinslot.attempt import Attempt, Delivery
from coinslot.delivery import deliver, have_again, take_back
from coinslot.effects import Flow, NoReply, NotSent, Record, Reply, Send
from coinslot.errors import JobFailed, RequestRejected, ServerUnavailable, SignInRefused, UnexpectedAnswer
from coinslot.jobs._state import JobState, ids_told, read_id, read_state, warn_of_unknown
from coinslot.origin import origin_of
from coinslot.replies import backend_of, paid_with, payer_of
from coinslot.route import JobStyle, Route, member_of
from coinslot.terms import CallTerms
from coinslot.text import clean
from coinslot.wire import encode, fill

if TYPE_CHECKING:
    from coinslot.face import Face
    from coinslot.ledger import Ledger

ResultT = TypeVar("ResultT")
T = TypeVar("T")


class Busy(Exception):
    """No usable answer about the job this time; asking again later may help."""

    def __init__(self, reason: str, *, retry_after: float | None = None, unknown: bool = False) -> None:
        self.retry_after = retry_after
        self.unknown = unknown
        super().__init__(reason)


class Work(Generic[ResultT]):
    """One job: what is known of it, and the flows that learn more."""

    def __init__(
        self,
        face: Face[Any, Any],
        route: Route[Any, Any],
        style: JobStyle,
        job_id: str,
        *,
        attempt_id: str | None,
        identity: str | None,
        payer: str | None,
        status: str | None,
    ) -> None:
        self.face = face
        self.route = route
        self.style = style
        self.id = job_id
        self.attempt_id = attempt_id
        self.identity = identity
        self.payer = payer
        self.surroundings = face.settings.surroundings
        self.accepted_at = self.surroundings.monotonic()
        self.state = JobState(job_id, "running", status, None)
        self.result: ResultT | None = None
        self.price: Decimal | None = None
        """Dollars that were paid for it, where that is known."""
        self.called = False
        """Whether it came of a call, and not of a token or of recovering."""
        self.sent: bytes = b""
        """The body that was sent for it by this process; empty where another one did."""
        self._taken_back = False
        self._recorded: Delivery | None = None
        self._warned: set[str] = set()

    def __deepcopy__(self, memo: dict[int, Any]) -> Work[ResultT]:
        # A copied result still came from this one job.
        return self

    @property
    def waited(self) -> float:
        """Seconds since the job was accepted here."""
        return self.surroundings.monotonic() - self.accepted_at

    def ask(self) -> Flow[JobState]:
        """Ask for the job once.

        Raises Busy where asking again later may help, and otherwise SignInRefused, JobLost,
        RequestRejected or UnexpectedAnswer.
        """
        yield from self._have_again()
        path = fill(self.style.path, {_parameter(self.style): self.id})
        question = _question(self.style)
        request = encode(question, self.face.settings.base_url + path)
        terms = CallTerms(route=question, identity=self.identity, payer=self.payer)
        try:
            reply: Reply = yield Send(request, self.face.settings.timeout, terms)
        except (NotSent, NoReply, ServerUnavailable) as error:
            raise Busy(str(error)) from error
        _check(self.id, reply, self.surroundings.now())
        state = read_state(self.style, self.id, reply, self.waited)
        if state is None:
            raise Busy("the answer about the job is not a JSON object")
        if (yield from self._is_of_another(state)):
            raise Busy("the answer is about another job")
        warn_of_unknown(state, self._warned)
        self.state = state
        if state.over:
            yield from self.record("finished" if state.stage == "finished" else "failed")
        elif self._recorded == "lost":
            yield from self.record("accepted")
        return state

    def _is_of_another(self, state: JobState) -> Flow[bool]:
        """Whether an answer strayed here: it names the job of another attempt, and not this one."""
        told = ids_told(self.style, state.raw)
        if self.id in told:
            return False
        origin = origin_of(self.face.settings.base_url)
        for one in told:
            owner: Attempt | None = yield Record(partial(_owner_of, origin, one), "by job")
            if owner is not None and owner.id != self.attempt_id:
                return True
        return False

    def record(self, delivery: Delivery) -> Flow[None]:
        """Put on record how the job stands, once."""
        if self.attempt_id is not None and self._recorded != delivery:
            self._recorded = delivery
            yield from deliver(self.attempt_id, delivery, job_id=self.id)

    def brought_home(self, flow: Flow[T]) -> Flow[T]:
        """Run what brings this job home; where that fails, the call that it came of gets it again.

        Only while it is held by the caller that was given it: a token can be with many.
        """
        try:
            yield from self._have_again()
            return (yield from flow)
        except GeneratorExit:
            raise
        except BaseException:
            # Ctrl-C comes as itself while a caller's own function is told how it goes.
            if self.called and self.attempt_id is not None:
                self._taken_back = True
                yield from take_back(self.attempt_id, self.id)
            raise

    def _have_again(self) -> Flow[None]:
        """Have the job after all: who held on to it when it could not be brought home goes on with it."""
        if self._taken_back and self.attempt_id is not None:
            self._taken_back = False
            yield from have_again(self.attempt_id, self.id)

    def read_result(self) -> ResultT:
        """Return the finished job's result. Raises JobFailed, or UnexpectedAnswer with the raw body."""
        state = self.state
        if state.stage == "failed":
            raise JobFailed(self.id, state.error)
        content = member_of(state.raw, self.style.result)
        model = self.route.result
        if model is None:
            if content is None:
                raise self._misfit("it holds no result")
            name = self.style.result.rpartition(".")[2]
            made: Any = content if isinstance(content, Mapping) else {name: content}
        else:
            try:
                made = model.model_validate(content)
            except ValidationError as error:
                members = [".".join(map(str, problem["loc"])) or "result" for problem in error.errors()]
                raise self._misfit(f"missing or not as expected: {clean(', '.join(members))}") from error
            made.came_from(self, content)
        self.result = made
        return self.result

    def _misfit(self, why: str) -> UnexpectedAnswer:
        return UnexpectedAnswer(
            f"Job {clean(self.id)} is finished, but its result cannot be read ({why}). "
            "It is paid for; the whole answer is in the error's `body`.",
            body=self.state.body,
            attempt_id=self.attempt_id,
        )

    def renew(self) -> Flow[ResultT]:
        """Ask for the finished job again, for fresh addresses of its files."""
        try:
            yield from self.ask()
        except Busy as busy:
            raise ServerUnavailable(f"Job {clean(self.id)} could not be asked for again: {busy}") from busy
        return self.read_result()


def accept(face: Face[Any, Any], route: Route[Any, Any], reply: Reply) -> Work[Any]:
    """Read an accepted answer.

    Raises UnexpectedAnswer, with all that was paid for, where it holds no job id.
    """
    style = route.job
    if style is None:
        raise TypeError(f"{route} starts no job")
    attempt_id = paid_with(reply)
    job_id = read_id(style, reply)
    if job_id is None:
        raise UnexpectedAnswer(
            f"The answer of {route} holds no {style.id!r}, so its job cannot be followed.",
            body=reply.body,
            attempt_id=attempt_id,
        )
    state = read_state(style, job_id, reply, 0.0)
    work: Work[Any] = Work(
        face,
        route,
        style,
        job_id,
        attempt_id=attempt_id,
        identity=backend_of(reply),
        payer=payer_of(reply),
        status=state.status if state is not None else None,
    )
    work.called = True
    return work


def known(face: Face[Any, Any], route: Route[Any, Any], attempt: Attempt) -> Work[Any]:
    """Take up a job that is on record."""
    style = route.job or attempt.job_style
    if style is None or attempt.job_id is None:
        raise TypeError(f"attempt {attempt.id} has no job")
    work: Work[Any] = Work(
        face,
        route,
        style,
        attempt.job_id,
        attempt_id=attempt.id,
        identity=attempt.backend,
        payer=attempt.terms.payer,
        status=None,
    )
    work.price = attempt.price
    return work


def _owner_of(origin: str, job_id: str, ledger: Ledger) -> Attempt | None:
    return ledger.by_job(origin, job_id)


def _check(job_id: str, reply: Reply, now: float) -> None:
    status = reply.status
    if 200 <= status < 300:
        return
    if status in {401, 402, 403}:
        raise SignInRefused(f"The server answered {status} when job {clean(job_id)} was asked for.")
    if status in {404, 410}:
        raise Busy(f"the server does not know the job ({status})", unknown=True)
    if status in {408, 425, 429} or status >= 500:
        raise Busy(f"the server answered {status}", retry_after=_retry_after(reply, now))
    if 300 <= status < 400:
        raise UnexpectedAnswer(f"Asked for a job, the server redirects ({status}).", body=reply.body)
    raise RequestRejected(
        f"Asked for job {clean(job_id)}, the server answered {status}.", status=status, body=reply.body
    )


def _retry_after(reply: Reply, now: float) -> float | None:
    told = (reply.headers.get("Retry-After") or "").strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        return max(parsedate_to_datetime(told).timestamp() - now, 0.0)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=64)
def _question(style: JobStyle) -> Route[Any, Any]:
    return Route("GET", style.path, access=style.access, security=style.security)


def _parameter(style: JobStyle) -> str:
    _, _, rest = style.path.partition("{")
    return rest.partition("}")[0]
