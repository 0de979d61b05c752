"""Who is told about which job: its followers, each no faster than it listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from gramarye_protocol import Credit, GarbageError, Message, Outgoing, Progress

from .post import Post


class Audience:
    """The clients that follow each job, by the job's number.

    A client gets its next preview of a job once it has said that it saw the last one, so that a
    slow one gets fewer of them and not later ones. Each fetches a result at its own pace.
    """

    def __init__(self, post: Post) -> None:
        self._post = post
        self._followers: dict[int, set[bytes]] = {}
        self._looking: set[tuple[int, bytes]] = set()
        self._downloads: dict[tuple[int, bytes], Outgoing] = {}

    def join(self, job: int, client: bytes) -> None:
        """A client wants to know about a job, from a clean beginning."""
        self._followers.setdefault(job, set()).add(client)
        self._looking.discard((job, client))
        self._downloads.pop((job, client), None)

    def leave(self, client: bytes) -> None:
        """A client is gone."""
        for job in [job for job, clients in self._followers.items() if client in clients]:
            self.part(job, client)

    def part(self, job: int, client: bytes) -> None:
        """A client has no more to hear about a job."""
        self._looking.discard((job, client))
        self._downloads.pop((job, client), None)
        followers = self._followers.get(job, set())
        followers.discard(client)
        if not followers:
            self._followers.pop(job, None)

    def of(self, job: int) -> Iterator[bytes]:
        """Who follows a job."""
        return iter(tuple(self._followers.get(job, ())))

    def close(self, job: int) -> None:
        """There is nothing more to say about a job."""
        for client in self._followers.pop(job, ()):
            self._looking.discard((job, client))
            self._downloads.pop((job, client), None)

    def tell(self, job: int, message: Message, droppable: bool = False) -> None:
        """Say something to everybody who follows a job."""
        for client in self.of(job):
            self._post.say(client, message, droppable=droppable)

    def show(self, job: int, progress: Progress, preview: Any) -> None:
        """Tell how far a job is, with a preview to whoever has seen the last one."""
        plain = replace(progress, preview=None)
        for client in self.of(job):
            if progress.preview is None or (job, client) in self._looking:
                self._post.say(client, plain, droppable=True)
            else:
                self._looking.add((job, client))
                self._post.say(client, progress, preview)

    def seen(self, job: int, client: bytes) -> None:
        """A client has taken the last preview."""
        self._looking.discard((job, client))

    def send_on(
        self, job: int, name: str, client: bytes, credit: Credit, pixels: Callable[[], Any]
    ) -> None:
        """Send what a client's credit allows of a result, which ``pixels`` opens.

        Raises:
            GarbageError: there is no such plane, or the credit contradicts itself.
        """
        if credit.plane != 0:
            raise GarbageError("a credit for a plane that is not offered")
        download = self._downloads.get((job, client))
        if download is None:
            download = self._downloads[job, client] = Outgoing(name, 0, pixels())
        download.grant(credit)
        if credit.have == download.size:
            del self._downloads[job, client]
            return
        for chunk, data in download.chunks():
            self._post.say(client, chunk, data)
