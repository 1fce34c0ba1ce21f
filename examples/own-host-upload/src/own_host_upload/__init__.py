"""The upload strategy `own-host`: files go to a host of your own, which costs nothing."""

from __future__ import annotations

import hashlib
import os
from urllib.parse import quote

from coinslot.effects import Flow, Headers, NoReply, NotSent, Reply, Request, Send
from coinslot.errors import ConfigurationError, UploadFailed
from coinslot.uploads import LocalFile, Site, Upload

PLACE = "OWN_HOST_FOLDER"
"""Address of a folder that takes files by PUT and gives them to everybody."""


class OwnHost:
    """Puts a file under the hash of its content, so that the same file is there once."""

    def __init__(self, place: str | None = None) -> None:
        self._place = place

    def upload(self, upload: Upload, file: LocalFile, site: Site) -> Flow[str]:
        """Put the file and return its address. Raises UploadFailed, ConfigurationError without a place."""
        del upload  # the API's own steps, and their price, are not needed
        place = self._place or os.environ.get(PLACE)
        if not place:
            raise ConfigurationError(f"Set {PLACE} to the address of a folder that takes files by PUT.")
        digest = hashlib.sha256(file.content).hexdigest()
        address = f"{place.rstrip('/')}/{digest[:32]}/{quote(file.name, safe='')}"
        request = Request("PUT", address, Headers({"Content-Type": file.media_type}), file.content)
        try:
            reply: Reply = yield Send(request, site.timeout)
        except (NotSent, NoReply) as error:
            raise UploadFailed(
                f"{file.name} did not arrive ({error}). Nothing was paid.", step="put"
            ) from error
        if reply.status not in {200, 201, 204}:
            raise UploadFailed(f"{file.name} was answered {reply.status}. Nothing was paid.", step="put")
        return address
