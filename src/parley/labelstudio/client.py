"""The REST calls to a Label Studio server that push, pull and status need. No other module talks to a server."""

import ipaddress
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from parley.words import printable

TIMEOUT = 60.0  # seconds that one answer may take
BATCH = 20  # tasks sent in one request: all of them arrive, or none
_PAGE = 100  # tasks listed in one answer

Json = dict[str, Any]


class LabelStudioError(Exception):
    """The server cannot be used, or refused. The message contains no secret."""


class Project(NamedTuple):
    """A project of the server."""

    id: int
    title: str
    config: str
    model_version: str
    description: str


class Task(NamedTuple):
    """A task: number, data, and how many predictions and submitted annotations it has."""

    id: int
    data: Json
    predictions: int
    submitted: int


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
        raise LabelStudioError("the address holds a login; give a token in PARLEY_LS_TOKEN instead")
    if parts.scheme != "https" and not is_loopback(host) and not insecure:
        raise LabelStudioError(
            f"{printable(host)} is another machine and the connection is not encrypted: the token and the annotations "
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
    """A connection to one server with an access token, legacy (40 hexadecimal digits) or personal (a JWT).

    ``user`` is the login name the token belongs to. Every method raises ``LabelStudioError`` where the server cannot be
    reached, refuses, or is no Label Studio.
    """

    def __init__(self, url: str, token: str) -> None:
        try:
            import httpx
        except ImportError:
            raise LabelStudioError("httpx is not installed: pip install 'parley-bench[annotate]'") from None
        self.url, self._token, self._is_personal = url, token, token.count(".") == 2
        self._http = httpx.Client(
            base_url=url,
            timeout=httpx.Timeout(TIMEOUT, connect=min(10.0, TIMEOUT)),
            headers={"Authorization": f"Token {token}"},
            follow_redirects=False,  # a secret is never sent on to where an answer points
            trust_env=not is_loopback(urlsplit(url).hostname or ""),  # no proxy is asked about this machine
        )
        user = self.call("GET", "/api/current-user/whoami")
        email = user.get("email") if isinstance(user, dict) else None
        if not isinstance(email, str):
            raise LabelStudioError(f"{url} gave an answer that is not Label Studio's; is it the right address?")
        self.user = email

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def call(self, method: str, path: str, json: object = None, **params: str | int) -> Any:
        """Return the JSON that the server answers; the one place where requests fail."""
        import httpx

        again = "run the command again: work already done is not lost"
        try:
            answer = self._http.request(method, path, json=json, params=params)
            if answer.status_code == 401 and self._is_personal:  # an access token lives for minutes
                fresh = self._http.post("/api/token/refresh/", json={"refresh": self._token}, headers={}).json()
                self._http.headers["Authorization"] = f"Bearer {fresh['access']}"
                answer = self._http.request(method, path, json=json, params=params)
            answer.raise_for_status()
            return answer.json() if answer.content or method == "GET" else None
        except httpx.TimeoutException:
            raise LabelStudioError(f"{self.url} did not answer in time; {again}") from None
        except httpx.ConnectError:
            raise LabelStudioError(f"nothing answers at {self.url}; start the server, then {again}") from None
        except httpx.HTTPStatusError as error:
            raise LabelStudioError(f"{self.url} refused {method} {path}: {self._reason(error.response)}") from None
        except (httpx.HTTPError, httpx.StreamError):
            raise LabelStudioError(f"the connection to {self.url} broke; {again}") from None
        except (ValueError, KeyError, TypeError):
            raise LabelStudioError(f"{self.url} gave an answer that is not Label Studio's to {method} {path}") from None

    def _reason(self, answer: Any) -> str:
        """Return why the server refused, in one short line without the token."""
        if answer.status_code == 401:
            return "the token is not valid (status 401); check PARLEY_LS_TOKEN"
        words = " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())
        return f"{printable(words.replace(self._token, '…'))[:300]} (status {answer.status_code})"

    # projects -----------------------------------------------------------------------------------------------

    def project(self, title: str) -> Project | None:
        """Return the project of this title, or None. Raises where there are several."""
        found = self.call("GET", "/api/projects/", title=title, page_size=_PAGE)["results"]
        own = [_project(project) for project in found if project["title"] == title]
        if len(own) > 1:
            raise LabelStudioError(f"there are {len(own)} projects called '{printable(title)}'; rename all but one")
        return own[0] if own else None

    def create_project(self, title: str, config: str, **settings: Any) -> Project:
        """Make a project."""
        return _project(self.call("POST", "/api/projects/", {"title": title, "label_config": config, **settings}))

    def update_project(self, project: int, **settings: Any) -> None:
        """Change settings of a project; ``label_config`` is one of them."""
        self.call("PATCH", f"/api/projects/{project}/", settings)

    # tasks --------------------------------------------------------------------------------------------------

    def tasks(self, project: int) -> list[Task]:
        """Return the tasks of a project, sorted by number."""
        found: dict[int, Task] = {}
        page = total = 1
        while (page - 1) * _PAGE < total:
            answer = self.call("GET", "/api/tasks/", project=project, fields="task_only", page=page, page_size=_PAGE)
            total, page = answer["total"], page + 1
            for task in answer["tasks"]:
                counts = (task.get("total_predictions") or 0, task.get("total_annotations") or 0)
                found[task["id"]] = Task(task["id"], task["data"], *counts)
        return [found[number] for number in sorted(found)]

    def task(self, number: int) -> Json:
        """Return one task as the server has it: data, annotations with who made them, predictions; and all drafts."""
        task: Json = self.call("GET", f"/api/tasks/{number}/")
        return {**task, "drafts": self.call("GET", f"/api/tasks/{number}/drafts")}

    def add_tasks(self, project: int, tasks: Sequence[Json]) -> None:
        """Add tasks, each ``{"data": …, "predictions": [{"model_version", "result"}]}``: all arrive or none."""
        self.call("POST", f"/api/projects/{project}/import", list(tasks))

    def update_task(self, number: int, data: Json) -> None:
        """Replace what a task shows."""
        self.call("PATCH", f"/api/tasks/{number}/", {"data": data})

    # predictions --------------------------------------------------------------------------------------------

    def predictions(self, task: int) -> list[Json]:
        """Return the predictions of a task: ``id``, ``model_version`` and ``result`` of each, and more."""
        found: list[Json] = self.call("GET", "/api/predictions/", task=task)
        return found

    def add_prediction(self, task: int, version: str, result: Sequence[Json]) -> None:
        """Add a prediction to a task."""
        self.call("POST", "/api/predictions/", {"task": task, "model_version": version, "result": list(result)})

    def update_prediction(self, number: int, version: str, result: Sequence[Json]) -> None:
        """Replace a prediction."""
        self.call("PATCH", f"/api/predictions/{number}/", {"model_version": version, "result": list(result)})

    def delete_prediction(self, number: int) -> None:
        """Delete a prediction."""
        self.call("DELETE", f"/api/predictions/{number}/")

    # people -------------------------------------------------------------------------------------------------

    def logins(self) -> dict[int, str]:
        """Return the login name of every user, by number."""
        return {int(user["id"]): str(user["email"]) for user in self.call("GET", "/api/users/")}


def _project(found: Json) -> Project:
    texts = (found.get(name) or "" for name in ("label_config", "model_version", "description"))
    return Project(found["id"], found["title"], *texts)
