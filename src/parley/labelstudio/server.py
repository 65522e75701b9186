"""A Label Studio server of our own: on SQLite in one folder, on this machine only, with nothing sent outside.

The server lives in an environment of its own (it pulls numpy and pyarrow below the versions of Parley), so it is a
command that is run, never a module that is imported. Options as of Label Studio 1.23.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

EXECUTABLE = "PARLEY_LABEL_STUDIO"  # names the label-studio executable
VERSION = "1.23.2"  # that the tests run against
HOST = "127.0.0.1"
HEALTHY_WITHIN = 180.0  # seconds; the first start makes the database and takes some 45
LOG = "label-studio.log"

_STOPPED_WITHIN = 15.0  # seconds, between the request to end and the end by force
_TAIL = 15  # lines of the log that a message shows
_OURS = ("PARLEY_LS_", "LABEL_STUDIO_")  # variables that the server does not inherit
_SETTINGS = {
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "FEATURE_FLAGS_OFFLINE": "true",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "DEBUG": "false",
    "PYTHONUNBUFFERED": "1",
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",  # a token that is a plain secret, as for PARLEY_LS_TOKEN
}


class ServerError(Exception):
    """The server is not there, does not start, or stopped by itself; the message says why and what to do."""


def how_to_install() -> str:
    """Return what to type to get a server in an environment of its own."""
    return (
        "Label Studio is not installed. It wants an environment of its own; in a checkout: make labelstudio. Elsewhere:\n"
        "  python3 -m venv labelstudio\n"
        f"  labelstudio/bin/pip install label-studio=={VERSION}\n"
        f"  export {EXECUTABLE}=$PWD/labelstudio/bin/label-studio"
    )


def find_executable(named: Path | None = None) -> Path:
    """Return the label-studio executable.

    It is the one that is named, else that of the variable ``PARLEY_LABEL_STUDIO``, else that of ``.venv-labelstudio`` in
    the current folder, else the one on the path. Raises ``ServerError`` where there is none.
    """
    given = str(named) if named else os.environ.get(EXECUTABLE)
    if given:
        found = shutil.which(given)
        if found is None:
            raise ServerError(f"{given} is no executable file; name the label-studio command of its environment")
        return Path(found).absolute()
    own = Path(".venv-labelstudio/bin/label-studio")
    found = str(own) if own.is_file() else shutil.which("label-studio")
    if found is None:
        raise ServerError(how_to_install())
    return Path(found).absolute()


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


class Server:
    """A running server: ``with Server(folder, ...) as server: ... server.url``.

    Entering starts it and returns once it is healthy; leaving ends it and everything it started. The password goes to
    it in its environment and nowhere else. It is the login's password if the folder has no such login yet; one that
    exists keeps its own.
    """

    def __init__(
        self,
        folder: Path,
        *,
        executable: Path,
        user: str,
        password: str,
        token: str | None = None,
        port: int = 8080,
        healthy_within: float = HEALTHY_WITHIN,
    ) -> None:
        self.folder, self.executable, self.port = folder.absolute(), executable, port
        self.healthy_within = healthy_within
        self.process: subprocess.Popen[bytes] | None = None
        self._secrets = {"USERNAME": user, "PASSWORD": password} | ({"USER_TOKEN": token} if token else {})

    @property
    def url(self) -> str:
        """Address of the server."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """What the server says, of its last start."""
        return self.folder / LOG

    def _environment(self) -> Mapping[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        secrets = {f"LABEL_STUDIO_{name}": value for name, value in self._secrets.items()}
        return own | _SETTINGS | secrets | {"LABEL_STUDIO_BASE_DATA_DIR": str(self.folder)}

    def __enter__(self) -> Self:
        """Start the server and wait until it is healthy. Raises ``ServerError`` with the end of its log if it is not."""
        if not _is_free(self.port):
            raise ServerError(f"port {self.port} is taken; stop what uses it, or choose another with --port")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # a year of someone's work, and the server's secrets
        command = [str(self.executable), "start", "--no-browser", "--internal-host", HOST, "--port", str(self.port), "--host", ""]  # fmt: skip
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=self._environment(),
                start_new_session=True,  # so that it and all it starts can be ended together
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the server."""
        self.stop()

    def _wait(self) -> None:
        end = time.monotonic() + self.healthy_within
        while time.monotonic() < end:
            if not self.is_running:
                code = self.process.returncode if self.process else None
                raise ServerError(
                    f"the server ended by itself (exit code {code}); the end of {self.log}:\n{self.tail()}"
                )
            if is_healthy(self.url):
                return
            time.sleep(0.25)
        waited = f"{self.healthy_within:.0f} seconds"
        raise ServerError(f"the server was not ready after {waited}; the end of {self.log}:\n{self.tail()}")

    @property
    def is_running(self) -> bool:
        """Whether the server's process is alive."""
        return self.process is not None and self.process.poll() is None

    def wait(self) -> None:
        """Return when the server has ended by itself; raises ``ServerError`` then, for it should not."""
        if self.process is not None:
            code = self.process.wait()
            raise ServerError(f"the server ended by itself (exit code {code}); the end of {self.log}:\n{self.tail()}")

    def tail(self) -> str:
        """Return the last lines of the log, without the password."""
        try:
            lines = self.log.read_text("utf-8", errors="replace").splitlines()[-_TAIL:]
        except OSError:
            return "  (there is no log)"
        text = "\n".join(f"  {line}" for line in lines) or "  (the log is empty)"
        for name in ("PASSWORD", "USER_TOKEN"):
            if secret := self._secrets.get(name):
                text = text.replace(secret, "…")
        return text

    def stop(self) -> None:
        """End the server and all it started; by force after a while."""
        if self.process is None:
            return
        group = self.process.pid  # it leads a session, hence a group, of its own
        for number, patience in ((signal.SIGTERM, _STOPPED_WITHIN), (signal.SIGKILL, _STOPPED_WITHIN)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
                break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)  # children that outlived it
        self.process = None


def is_healthy(url: str) -> bool:
    """Whether a server answers at ``url``; never through a proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False
