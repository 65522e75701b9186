"""The one door to a Label Studio server: its SDK, with plain errors and with care for the secrets.

No other module imports the SDK (extra ``[annotate]``). It was weighed against plain HTTP: with the versions that Parley
pins it resolves to 2.0 and its tests pass against server 1.23 (SDK 2.1 wants an OpenCV that asks for an older numpy).
It brings the addresses and forms of every call, retries where a server is busy, and the exchange of access tokens.
Two things it does not have are asked for by address, through its own connection: all drafts of a task, and a task as
the server wrote it (the SDK's class mislabels half of the fields).
"""

import contextlib
import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from parley.files import printable

TIMEOUT = 60.0  # seconds that one answer may take
BATCH = 20  # tasks sent in one request: all of them arrive, or none
_PAGE = 100  # tasks listed in one answer

Json = dict[str, Any]


class LabelStudioError(Exception):
    """The server cannot be used, or refused; the message is for people and holds no secret."""


class Project(NamedTuple):
    """A project of the server."""

    id: int
    title: str
    config: str
    model_version: str


class Task(NamedTuple):
    """A task in short: number and data."""

    id: int
    data: Json
    predictions: int  # how many
    submitted: int
    skipped: int


def check_address(url: str, *, insecure: bool = False) -> str:
    """Return an address without a slash at its end.

    Raises ``LabelStudioError`` unless it is on this machine or encrypted, or ``insecure`` allows any; and for one that
    holds a password.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host or not re.fullmatch("[!-~]+", url):
        raise LabelStudioError("the address must be like http://127.0.0.1:8080 or https://labels.example.org")
    if parts.username or parts.password:
        raise LabelStudioError("the address holds a login; give it in PARLEY_LS_USER and PARLEY_LS_PASSWORD instead")
    if parts.scheme != "https" and not is_loopback(host) and not insecure:
        raise LabelStudioError(
            f"{printable(host)} is another machine and the connection is not encrypted: the password and the work "
            "could be read on the way; use https, or --insecure if the network is safe"
        )
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Client:
    """A connection to one server, for one login.

    ``token`` is an access token (legacy or personal); else ``user`` and ``password`` log in as the login page does.
    Every method raises ``LabelStudioError`` where the server cannot be reached or refuses.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        user: str = "",
        password: str = "",
        timeout: float | None = None,
    ) -> None:
        try:
            import httpx
            from label_studio_sdk import LabelStudio
        except ImportError:
            raise LabelStudioError("the SDK is not installed: pip install 'parley-bench[annotate]'") from None
        self.url, timeout = url, timeout or TIMEOUT
        self._secrets = [secret for secret in (token, password) if secret]
        self._http = httpx.Client(
            base_url=url,
            timeout=httpx.Timeout(timeout, connect=min(10.0, timeout)),
            follow_redirects=False,  # a secret is never sent on to where an answer points
            trust_env=not is_loopback(urlsplit(url).hostname or ""),  # no proxy stands before this machine
        )
        if not token:
            self._log_in(user, password)
        with self._asking("logging in"):
            sdk: Any = LabelStudio  # half of it has types, and those of 2.0 and 2.1 differ
            self._sdk = sdk(base_url=url, api_key=token or "session", httpx_client=self._http, timeout=timeout)
            user = self._sdk.users.whoami().email
            if not isinstance(user, str):
                raise ValueError("no login name")
            self.user = user

    def _log_in(self, user: str, password: str) -> None:
        """Log in by the form of the login page; the session's cookie then stands for the login."""
        with self._asking("logging in"):
            self._http.get("/user/login/").raise_for_status()
            form = {"email": user, "password": password, "csrfmiddlewaretoken": self._http.cookies.get("csrftoken", "")}
            answer = self._http.post("/user/login/", data=form, headers={"Referer": f"{self.url}/user/login/"})
        if answer.status_code != 302:
            raise LabelStudioError(f"{self.url} does not take this login name and password")

        def as_session(request: Any) -> None:
            request.headers.pop("Authorization", None)
            request.headers["X-CSRFToken"] = self._http.cookies.get("csrftoken", "")
            request.headers["Referer"] = self.url

        self._http.event_hooks = {"request": [as_session]}

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    @contextlib.contextmanager
    def _asking(self, doing: str) -> Iterator[None]:
        """Turn whatever the SDK raises into one plain message, with what was being done and without a secret."""
        import httpx
        from label_studio_sdk.core.api_error import ApiError

        try:
            yield
        except ApiError as error:
            raise LabelStudioError(self._plain(f"{self.url} refused while {doing}: {_reason(error)}")) from None
        except httpx.TimeoutException:
            message = f"{self.url} did not answer in time while {doing}; run the command again: what is done is kept"
            raise LabelStudioError(message) from None
        except httpx.ConnectError:
            raise LabelStudioError(f"nothing answers at {self.url} while {doing}; start the server, then run the command again: what is done is kept") from None  # fmt: skip
        except httpx.HTTPStatusError as error:
            raise LabelStudioError(f"{self.url} refused while {doing}: status {error.response.status_code}; is it a Label Studio server?") from None  # fmt: skip
        except (httpx.HTTPError, httpx.StreamError):
            raise LabelStudioError(f"the connection to {self.url} broke while {doing}; run the command again: what is done is kept") from None  # fmt: skip
        except (
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
        ) as error:  # an answer that is not of the form it should be
            what = self._plain(printable(str(error))[:200])
            raise LabelStudioError(f"{self.url} gave an answer that is not Label Studio's while {doing}: {what}") from None  # fmt: skip

    def _plain(self, message: str) -> str:
        for secret in self._secrets:
            message = message.replace(secret, "…")
        return message

    def _get(self, path: str, **params: Any) -> Any:
        """Return the JSON at an address that the SDK has no call for."""
        answer = self._sdk._client_wrapper.httpx_client.request(path, method="GET", params=params)
        if answer.status_code != 200:
            from label_studio_sdk.core.api_error import ApiError

            raise ApiError(status_code=answer.status_code, body=answer.text)
        return answer.json()

    # projects -----------------------------------------------------------------------------------------------

    def project(self, title: str) -> Project | None:
        """Return the project of this title, or None. Raises where there are several."""
        with self._asking("looking for the project"):
            found = [p for p in self._sdk.projects.list(title=title) if p.title == title]
        if len(found) > 1:
            raise LabelStudioError(f"there are {len(found)} projects called '{printable(title)}'; rename all but one")
        return _project(found[0]) if found else None

    def create_project(self, title: str, config: str, **settings: Any) -> Project:
        """Make a project."""
        with self._asking("making the project"):
            return _project(self._sdk.projects.create(title=title, label_config=config, **settings))

    def update_project(self, project: int, **settings: Any) -> None:
        """Change settings of a project; ``label_config`` is one of them."""
        with self._asking("updating the project"):
            self._sdk.projects.update(project, **settings)

    # tasks --------------------------------------------------------------------------------------------------

    def tasks(self, project: int) -> list[Task]:
        """Return the tasks of a project in short, in the order of their numbers."""
        with self._asking("listing the tasks"):
            found = {t.id: _task(t) for t in self._sdk.tasks.list(project=project, fields="task_only", page_size=_PAGE)}
        return [found[number] for number in sorted(found)]

    def task(self, number: int) -> Json:
        """Return one task as the server has it: data, annotations with who made them, predictions; and all drafts."""
        with self._asking(f"reading task {number}"):
            task: Json = self._get(f"api/tasks/{number}/")
            drafts = self._get(f"api/tasks/{number}/drafts")
            if not isinstance(task["annotations"], list) or not isinstance(drafts, list):
                raise ValueError("a task without lists of annotations and drafts")
            return {**task, "drafts": drafts}

    def add_tasks(self, project: int, tasks: Sequence[Json]) -> None:
        """Add tasks, each ``{"data": …, "predictions": [{"model_version", "result"}]}``: all arrive or none."""
        with self._asking(f"sending {len(tasks)} tasks"):
            self._sdk.projects.import_tasks(project, request=list(tasks))

    def update_task(self, number: int, data: Json) -> None:
        """Replace what a task shows."""
        with self._asking(f"updating task {number}"):
            self._sdk.tasks.update(str(number), data=data)

    # predictions --------------------------------------------------------------------------------------------

    def predictions(self, task: int) -> list[Json]:
        """Return the predictions of a task: ``id``, ``model_version`` and ``result`` of each."""
        with self._asking(f"reading the predictions of task {task}"):
            found = self._sdk.predictions.list(task=task)
            return [{"id": p.id, "model_version": p.model_version, "result": p.result} for p in found]

    def add_prediction(self, task: int, version: str, result: Sequence[Json]) -> None:
        """Add a prediction to a task."""
        with self._asking(f"sending a prediction for task {task}"):
            self._sdk.predictions.create(task=task, model_version=version, result=list(result))

    def update_prediction(self, number: int, version: str, result: Sequence[Json]) -> None:
        """Replace a prediction."""
        with self._asking(f"updating prediction {number}"):
            self._sdk.predictions.update(number, model_version=version, result=list(result))

    def delete_prediction(self, number: int) -> None:
        """Delete a prediction."""
        with self._asking(f"deleting prediction {number}"):
            self._sdk.predictions.delete(number)

    # people -------------------------------------------------------------------------------------------------

    def logins(self) -> dict[int, str]:
        """Return the login name of every user, by number."""
        with self._asking("listing the users"):
            return {int(user.id): str(user.email) for user in self._sdk.users.list()}


def _project(found: Any) -> Project:
    return Project(int(found.id), str(found.title), found.label_config or "", found.model_version or "")


def _task(found: Any) -> Task:
    data = found.data if isinstance(found.data, dict) else {}
    return Task(found.id, data, found.total_predictions or 0, found.total_annotations or 0, found.cancelled_annotations or 0)  # fmt: skip


def _reason(error: Any) -> str:
    """Return what a refusal says, in one short line."""
    body: Any = error.body
    if isinstance(body, Mapping):
        nested = body.get("validation_errors")
        body = nested or body.get("detail") or body
    if error.status_code == 401:
        return "the login is not valid (status 401); check PARLEY_LS_TOKEN, or the login name and password"
    words = re.sub(r"<[^>]*>", " ", str(body))
    return f"{printable(' '.join(words.split()))[:300]} (status {error.status_code})"
