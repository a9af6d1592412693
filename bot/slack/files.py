"""Files that came with a question: fetched from Slack, read for that question, and kept nowhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO, Any, Final
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from bot.errors import SlackError
from bot.slack.pacing import Slack
from retrieval.errors import StrategistError
from retrieval.types import Hit

File = Mapping[str, Any]
Examine = Callable[[bytes, str, str], tuple[Hit, ...]]  # (content, name, media type) -> passages
Problem = str  # a key of bot.slack.remarks

_SLACKS: Final = ("files.slack.com", "slack-files.com")
_ELSEWHERE: Final = ("external", "tombstone", "hidden_by_limit")  # modes of files whose content Slack lacks
MOST: Final = 5  # files that are read for one question
_TIMEOUT_S: Final = 20
_HOPS: Final = 3


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read, and why."""

    name: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Attached:
    """What the files gave."""

    hits: tuple[Hit, ...] = ()
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class Depot:
    """Where files may be fetched from, with which token, and up to which size."""

    slack: Slack
    token: str
    api_url: str
    most_bytes: int

    def read(self, files: Sequence[File], examine: Examine) -> Attached:
        """Each file's passages; one that cannot be read is named, and the others are read nevertheless."""
        hits: list[Hit] = []
        unread: list[Unread] = []
        for number, each in enumerate(files):
            name = str(each.get("name") or each.get("title") or each.get("id") or "file")
            try:
                if number >= MOST:
                    raise _Unreadable("file.many")
                data, media_type = self._content(each)
                hits += examine(data, name, media_type)
            except _Unreadable as error:
                unread.append(Unread(name, error.problem))
            except StrategistError:  # the parser refused it
                unread.append(Unread(name, "file.format"))
        return Attached(tuple(hits), tuple(unread))

    def _content(self, file: File) -> tuple[bytes, str]:
        known = self._described(file)
        if known.get("mode") in _ELSEWHERE:
            raise _Unreadable("file.elsewhere")
        size = known.get("size")
        if isinstance(size, int) and size > self.most_bytes:
            raise _Unreadable("file.large")
        url = str(known.get("url_private_download") or known.get("url_private") or "")
        expected = str(known.get("mimetype") or "application/octet-stream")
        data, media_type = self._download(url)
        if media_type == "text/html" and "html" not in expected:  # Slack's sign-in page, sent with 200
            raise _Unreadable("file.permission")
        return data, expected

    def _described(self, file: File) -> File:
        """The file's description; from files.info where the event has a stub only."""
        stub = file.get("file_access") == "check_file_info"
        if not stub and (file.get("url_private_download") or file.get("url_private")):
            return file
        try:
            found = self.slack.call("files.info", tries=2, file=file.get("id")).get("file")
        except SlackError:
            raise _Unreadable("file.permission") from None
        return found if isinstance(found, dict) else file

    def _download(self, url: str) -> tuple[bytes, str]:
        """Fetch from Slack's own hosts only; where it sends us on, we go without the token."""
        opener, headers = build_opener(_Stay), {"Authorization": f"Bearer {self.token}"}
        for _ in range(_HOPS):
            if not self._may_fetch(url):
                raise _Unreadable("file.elsewhere")
            data, media_type, onward = self._fetch(opener, Request(url, headers=headers))  # noqa: S310
            if not onward:
                return data, media_type
            url, headers = urljoin(url, onward), {}
        raise _Unreadable("file.failed")

    def _fetch(self, opener: OpenerDirector, request: Request) -> tuple[bytes, str, str]:
        try:
            with opener.open(request, timeout=_TIMEOUT_S) as response:
                data = response.read(self.most_bytes + 1)
                media_type = response.headers.get_content_type()
        except HTTPError as error:
            with error:
                if error.code in (301, 302, 303, 307, 308) and error.headers.get("Location"):
                    return b"", "", str(error.headers["Location"])
            raise _Unreadable("file.permission" if error.code in (401, 403) else "file.failed") from None
        except (OSError, HTTPException, ValueError):
            raise _Unreadable("file.failed") from None
        if len(data) > self.most_bytes:
            raise _Unreadable("file.large")
        return data, media_type, ""

    def _may_fetch(self, url: str) -> bool:
        there, api = urlsplit(url), urlsplit(self.api_url)
        if (there.scheme, there.netloc) == (api.scheme, api.netloc):
            return True
        return there.scheme == "https" and there.netloc in _SLACKS


class _Unreadable(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class _Stay(HTTPRedirectHandler):
    """Follows nothing: a redirect comes back as the error that it is."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Do not go on."""
