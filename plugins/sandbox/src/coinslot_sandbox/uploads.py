"""The three upload steps: a paid token, a file put with it, a signed confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from coinslot_codegen.document.model import UploadSpec
from coinslot_sandbox.answers import Answers
from coinslot_sandbox.clock import Clock, timestamp
from coinslot_sandbox.exchange import Exchange
from coinslot_sandbox.names import Names
from coinslot_sandbox.reply import refusal, reply

PREFIX = "/_sandbox/files/"
TOKEN_SECONDS = 3600

_FOREIGN = ("cookie", "sign-in-with-x", "payment-signature", "x-payment")


@dataclass(slots=True)
class Upload:
    """A file on its way in."""

    id: str
    owner: str | None
    token: str
    pathname: str
    filename: str
    media_type: str
    expires: float
    content: bytes | None = None
    url: str | None = None
    confirmed: bool = False


class Uploads:
    """Answers the upload steps of one document."""

    def __init__(self, spec: UploadSpec, answers: Answers, clock: Clock, names: Names) -> None:
        self.spec = spec
        self.put_path = urlsplit(spec.put_url).path or "/"
        self._answers = answers
        self._clock = clock
        self._names = names
        self._by_pathname: dict[str, Upload] = {}
        self._by_id: dict[str, Upload] = {}

    def grant(self, exchange: Exchange) -> Response:
        """Hand out a token for one file."""
        given = exchange.parameters
        upload_id = self._names.uuid()
        filename = str(given.get("filename") or given.get("name") or "file")
        upload = Upload(
            id=upload_id,
            owner=exchange.identity,
            token=f"sandbox_blob_{self._names.hex(24)}",
            pathname=f"uploads/{upload_id}/{filename}",
            filename=filename,
            media_type=str(
                given.get("contentType") or given.get("content_type") or "application/octet-stream"
            ),
            expires=self._clock.now() + TOKEN_SECONDS,
        )
        self._by_pathname[upload.pathname] = self._by_id[upload.id] = upload
        return self._answers.make(
            exchange.route,
            {
                self.spec.id_member: upload.id,
                self.spec.token_member: upload.token,
                self.spec.put_query: upload.pathname,
                "expiresAt": timestamp(upload.expires),
            },
        )

    def put(self, request: Request, content: bytes, origin: str) -> Response:
        """Take the file in; the bearer token is all that may come with it."""
        carried = [name for name in _FOREIGN if name in request.headers]
        if carried:
            return refusal(400, "credentials_leaked", f"the file's host must not get {', '.join(carried)}")
        upload = self._by_pathname.get(request.query_params.get(self.spec.put_query, ""))
        if upload is None or request.headers.get("authorization") != f"Bearer {upload.token}":
            return refusal(403, "forbidden", "the token is not for this file")
        if upload.expires <= self._clock.now():
            return refusal(403, "token_expired", "the token has expired")
        upload.content = content
        upload.url = f"{origin}{PREFIX}{upload.id}/{quote(upload.filename, safe='')}"
        return reply(
            200,
            {
                self.spec.put_url_member: upload.url,
                self.spec.put_query: upload.pathname,
                "contentType": upload.media_type,
            },
        )

    def confirm(self, exchange: Exchange) -> Response:
        """Confirm that a file arrived; confirming twice changes nothing."""
        given = exchange.parameters
        upload = self._by_id.get(str(given.get(self.spec.id_member, "")))
        if upload is None:
            return refusal(404, "not_found", "no such upload")
        exchange.upload = upload
        if upload.owner is not None and exchange.identity is not None and upload.owner != exchange.identity:
            return refusal(403, "forbidden", "this upload was paid for by another wallet")
        if upload.url is None or given.get(self.spec.url_member) != upload.url:
            return refusal(400, "invalid_request", "nothing was put under this address")
        upload.confirmed = True
        return self._answers.make(exchange.route, self._known(upload))

    def fetch(self, request: Request) -> Response:
        """Answer a download of an uploaded file."""
        upload = self._by_id.get(request.url.path.removeprefix(PREFIX).partition("/")[0])
        if upload is None or upload.content is None:
            return refusal(404, "not_found", "no such file")
        return Response(upload.content, media_type=upload.media_type)

    def _known(self, upload: Upload) -> Mapping[str, object]:
        return {
            "success": True,
            "id": upload.id,
            self.spec.id_member: upload.id,
            self.spec.url_member: upload.url,
            "url": upload.url,
            "filename": upload.filename,
            "mediaType": upload.media_type,
            "contentType": upload.media_type,
        }
