"""A local Label Studio server: SQLite in one folder, reachable from this machine only, nothing sent to other hosts.

The server has an environment of its own (it wants older numpy and pyarrow than Parley), so it is run as a command and
never imported. Options as of Label Studio 1.23.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Self

EXECUTABLE = "PARLEY_LABEL_STUDIO"  # names the label-studio executable
FOLDER = Path(".labelstudio")  # where a server keeps its database, unless another folder is named
HOST = "127.0.0.1"
VERSION = "1.23.2"  # that the tests run against

_HEALTHY_WITHIN = 300.0  # seconds; the first start makes the database, which takes 45 on an idle machine
_STOPPED_WITHIN = 15.0  # seconds, from the request to stop until it is forced to
_TAIL = 15  # lines of the log in a message
_SETTINGS = {
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "FEATURE_FLAGS_OFFLINE": "true",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "DEBUG": "false",
    "PYTHONUNBUFFERED": "1",
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",  # a token that is a plain secret, as in PARLEY_LS_TOKEN
}


class ServerError(Exception):
    """The server is not installed, does not start, or stopped; the message says why and what to do."""


def find_executable(named: Path | None = None) -> Path:
    """Return the label-studio executable.

    It is the one named, else that of the variable ``PARLEY_LABEL_STUDIO``, else that of ``.venv-labelstudio`` in the
    current folder, else the one on the path. Raises ``ServerError`` where there is none.
    """
    given = str(named) if named else os.environ.get(EXECUTABLE)
    found = shutil.which(given or ".venv-labelstudio/bin/label-studio") or (
        None if given else shutil.which("label-studio")
    )
    if found is None and given:
        raise ServerError(f"{given} is no executable file; name the label-studio command of its environment")
    if found is None:
        raise ServerError(
            "Label Studio is not installed. It needs an environment of its own; in a checkout run `make labelstudio`. "
            "Without one:\n"
            "  python3 -m venv labelstudio\n"
            f"  labelstudio/bin/pip install label-studio=={VERSION}\n"
            f"  export {EXECUTABLE}=$PWD/labelstudio/bin/label-studio"
        )
    return Path(found).absolute()


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def read_token(folder: Path) -> str | None:
    """Return the access token of the first user of the server in a folder, if the server was started by Parley."""
    path = folder / "token"
    return path.read_text("ascii").strip() if path.is_file() else None


class Server:
    """A running server: ``with Server(folder, ...) as server: ... server.url``.

    Entering starts it and returns once it is healthy; leaving ends it and everything it started. Login name, password
    and token become those of the first user of a new folder; a folder with users keeps theirs. The token is kept in the
    folder, readable by its owner only, for ``push`` and ``pull``; the password goes to the server and nowhere else.
    """

    def __init__(
        self, folder: Path, *, executable: Path, user: str, password: str, token: str | None = None, port: int = 8080
    ) -> None:
        self.folder, self.executable, self.port = folder.absolute(), executable, port
        self.user, self._password, self._token = user, password, token
        self.url, self.log = f"http://{HOST}:{port}", self.folder / "label-studio.log"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the server and wait until it is healthy; else raise ``ServerError`` with the end of its log."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, self.port))
            except OSError:
                message = f"port {self.port} is taken; stop what uses it, or choose another with --port"
                raise ServerError(message) from None
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._keep_token()
        own = {
            name: value for name, value in os.environ.items() if not name.startswith(("PARLEY_LS_", "LABEL_STUDIO_"))
        }
        own |= _SETTINGS | {"LABEL_STUDIO_BASE_DATA_DIR": str(self.folder), "LABEL_STUDIO_USERNAME": self.user}
        own |= {"LABEL_STUDIO_PASSWORD": self._password, "LABEL_STUDIO_USER_TOKEN": self._token or ""}
        options = ["--no-browser", "--internal-host", HOST, "--port", str(self.port), "--host", ""]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(self.executable), "start", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=own,
                start_new_session=True,  # so that it and all it starts can be stopped together
            )
        try:
            end = time.monotonic() + _HEALTHY_WITHIN
            while not is_healthy(self.url):
                if self.process.poll() is not None:
                    self.wait()
                if time.monotonic() > end:
                    raise ServerError(f"the server was not ready in time; the end of {self.log}:\n{self._tail()}")
                time.sleep(0.25)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self.stop()

    def _keep_token(self) -> None:
        """Make a token for a new folder, and save the token of its first user."""
        is_new, path = not (self.folder / "label_studio.sqlite3").exists(), self.folder / "token"
        if is_new and self._token is None:
            self._token = secrets.token_hex(20)
        if self._token is not None and (is_new or not path.exists()):
            path.touch(mode=0o600)
            path.write_text(self._token + "\n", "ascii")

    def wait(self) -> None:
        """Wait for the end of the server, and raise ``ServerError``: it should not end by itself."""
        if self.process is not None:
            code = self.process.wait()
            raise ServerError(f"the server ended (exit code {code}); the end of {self.log}:\n{self._tail()}")

    def _tail(self) -> str:
        """Return the last lines of the log, without password and token."""
        text = "\n".join(f"  {line}" for line in self.log.read_text("utf-8", errors="replace").splitlines()[-_TAIL:])
        for secret in filter(None, (self._password, self._token)):
            text = text.replace(secret, "…")
        return text or "  (the log is empty)"

    def stop(self) -> None:
        """Stop the server and all it started; by force after a while."""
        if self.process is None:
            return
        group = self.process.pid  # it leads a session, hence a group, of its own
        for number in (signal.SIGTERM, signal.SIGKILL):  # the second also for children that outlive the first
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_STOPPED_WITHIN)
        self.process = None


def is_healthy(url: str) -> bool:
    """Whether a server answers at ``url``; never through a proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False
