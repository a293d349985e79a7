"""Single containers of the stack, set up as in production, for tests and drills."""

from __future__ import annotations

import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import httpx
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from operate import certificates, credentials, passwords, trust
from operate.paths import ROOT
from operate.site.shape import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

# The stack's own images are all that an offline machine has; every fixture removes what it started.
testcontainers_config.ryuk_disabled = True

ELASTICSEARCH_SECRETS = (
    *("es_users", "es_users_roles", passwords.password_file("amaie_monitor")),
    certificates.STACK.certificate,
    *(certificates.certificate("elasticsearch"), certificates.key("elasticsearch")),
)
ELASTICSEARCH_SECONDS = 120
PROMETHEUS_SECONDS = 60
FILL = "/bin/promtool tsdb create-blocks-from --max-block-duration=1000h openmetrics --quiet"


@dataclass(frozen=True)
class Elasticsearch:
    """A running Elasticsearch with the users and roles of production.

    Attributes:
        url: Its address, without a user.
        secrets: The folder with the password files, named as in production.
        container: For tests that stop, pause or restart it.
    """

    url: str
    secrets: Path
    container: DockerContainer

    def password_file(self, user: str) -> Path:
        """Return the file with the password of one of `passwords.ELASTICSEARCH_USERS`."""
        return self.secrets / passwords.password_file(user)

    def password(self, user: str) -> str:
        """Return a user's password."""
        return self.password_file(user).read_text().strip()

    @property
    def authority(self) -> Path:
        """The certificate of who has signed for it."""
        return self.secrets / certificates.STACK.certificate

    @cached_property
    def client(self) -> httpx.Client:
        """A client of its own that trusts the authority of these secrets; nobody is signed in."""
        return trust.client(self.url, None, authority=self.authority)

    def signed_in(self, user: str) -> httpx.Client:
        """Return a client that is signed in as a user."""
        return trust.client(self.url, self.auth(user), authority=self.authority)

    def stop(self) -> None:
        """Stop it and whoever asks it."""
        self.client.close()
        self.container.stop()

    def auth(self, user: str) -> tuple[str, str]:
        """Return user and password, as HTTP clients want them."""
        return user, self.password(user)

    @contextmanager
    def crashed(self) -> Iterator[None]:
        """Kill it without warning; start it again on its old data afterwards. Needs a port of its own."""
        wrapped = self.container.get_wrapped_container()
        wrapped.kill()
        yield
        wrapped.start()
        _wait(lambda: _is_up(self.container), ELASTICSEARCH_SECONDS, self.container)

    @classmethod
    def start(cls, image: str, secrets: Path, host_port: int | None = None) -> Elasticsearch:
        """Start one, with new passwords in the folder `secrets`, and wait until it is healthy."""
        credentials.ensure(Site(), (), secrets)
        container = _container(image, 9200, host_port)
        container.with_volume_mapping(ROOT / "elasticsearch" / "container", "/etc/amaie", "ro")
        container.with_volume_mapping(ROOT / "elasticsearch" / "config", "/etc/elasticsearch", "ro")
        for name in ELASTICSEARCH_SECRETS:
            container.with_volume_mapping(secrets / name, f"/run/secrets/{name}", "ro")
        container.with_env("ES_PATH_CONF", "/run/elasticsearch")
        container.with_env("ES_JAVA_OPTS", "-Xms512m -Xmx512m")
        container.tmpfs |= {"/run/elasticsearch": "uid=1000,gid=0,mode=0750", "/tmp": "exec"}  # noqa: S108
        container.with_kwargs(
            entrypoint=["/etc/amaie/entrypoint.sh"],
            group_add=[str(passwords.GROUP)],
            mem_limit="1536m",
            init=True,
        )
        container.start()
        started = cls(_url(container, 9200, "https"), secrets, container)
        _wait_or_stop(lambda: _is_up(container), ELASTICSEARCH_SECONDS, container)
        return started


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus.

    Attributes:
        url: Its address.
        container: For tests that stop or restart it.
    """

    url: str
    container: DockerContainer

    @classmethod
    def start(
        cls,
        image: str,
        folder: Path,
        *arguments: str,
        config: str = "prometheus.yml",
        history: str = "",
        patience: float = PROMETHEUS_SECONDS,
    ) -> Prometheus:
        """Start one on the file `config` of `folder` and wait until it is ready, at most `patience` seconds.

        `history` is a file of the folder in OpenMetrics' form, which is made its data first.
        """
        container = _container(image, 9090)
        container.with_volume_mapping(folder, "/etc/prometheus", "ro")
        fill = f"{FILL} /etc/prometheus/{history} /prometheus && " if history else ""
        entrypoint = ["/bin/sh", "-c", f'{fill}exec /bin/prometheus "$@"', "prometheus"]
        container.with_kwargs(entrypoint=entrypoint, extra_hosts={"host": "host-gateway"})
        container.with_command(
            [f"--config.file=/etc/prometheus/{config}", "--storage.tsdb.path=/prometheus", *arguments]
        )
        container.start()
        started = cls(_url(container, 9090), container)
        _wait_or_stop(lambda: _answers(f"{started.url}/-/ready"), patience, container)
        return started


@dataclass(frozen=True)
class Alertmanager:
    """A running Alertmanager.

    Attributes:
        url: Its address.
        container: For tests that stop or restart it.
    """

    url: str
    container: DockerContainer

    @classmethod
    def start(
        cls,
        image: str,
        folder: Path,
        config: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
    ) -> Alertmanager:
        """Start one on the file `config` below `folder`; it reaches the host under the name `inbox`."""
        container = _container(image, 9093)
        container.with_volume_mapping(folder, "/etc/alertmanager", "ro")
        if (folder / "secrets").is_dir():
            container.with_volume_mapping(folder / "secrets", "/run/secrets", "ro")
        for name, value in (environment or {}).items():
            container.with_env(name, value)
        container.with_kwargs(entrypoint=["/bin/alertmanager"], extra_hosts={"inbox": "host-gateway"})
        container.with_command(
            [
                f"--config.file=/etc/alertmanager/{config}",
                "--storage.path=/alertmanager",
                "--cluster.listen-address=",
                *arguments,
            ]
        )
        container.start()
        return cls._ready(container)

    def crashed_and_back(self) -> Alertmanager:
        """Kill it without warning and start it again on its old data; its address is another one then."""
        wrapped = self.container.get_wrapped_container()
        wrapped.kill()
        wrapped.start()
        return self._ready(self.container)

    @classmethod
    def _ready(cls, container: DockerContainer) -> Alertmanager:
        started = cls(_url(container, 9093), container)
        _wait_or_stop(lambda: _answers(f"{started.url}/-/ready"), PROMETHEUS_SECONDS, container)
        return started


@dataclass(frozen=True)
class VictoriaMetrics:
    """A running VictoriaMetrics, without login and TLS.

    Attributes:
        url: Its address.
        container: For tests that stop it.
    """

    url: str
    container: DockerContainer

    @classmethod
    def start(cls, image: str) -> VictoriaMetrics:
        """Start one and wait until it is healthy."""
        container = _container(image, 8428)
        container.with_kwargs(entrypoint=["/victoria-metrics-prod"])
        container.with_command(["-storageDataPath=/var/tmp/victoria-metrics", "-retentionPeriod=5y"])
        container.start()
        started = cls(_url(container, 8428), container)
        _wait_or_stop(lambda: _answers(f"{started.url}/health"), PROMETHEUS_SECONDS, container)
        return started


@dataclass(frozen=True)
class Tool:
    """A command-line tool of an image, run in a container on a folder of the host.

    Attributes:
        image: The image that has it.
        name: The tool: `promtool` or `amtool`.
    """

    image: str
    name: str

    def __call__(self, *arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """Run it in `folder`, mounted read-only; return the finished process with its output."""
        command = ["docker", "run", "--rm", "--network=none", "--user=0:0", f"--volume={folder}:/folder:ro"]
        command += ["--workdir=/folder", f"--entrypoint=/bin/{self.name}", self.image, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def _container(image: str, port: int, host_port: int | None = None) -> DockerContainer:
    """Prepare a container with its port on loopback: on a given one, or on a free one at each start."""
    container = DockerContainer(image)
    ports: dict[str, Any] = container.ports
    ports[f"{port}/tcp"] = ("127.0.0.1", host_port)
    return container


def _url(container: DockerContainer, port: int, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{container.get_exposed_port(port)}"


def _is_up(container: DockerContainer) -> bool:
    return container.exec(["/etc/amaie/health.sh"]).exit_code == 0


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


def _wait_or_stop(look: Callable[[], bool], seconds: float, container: DockerContainer) -> None:
    """Wait as `_wait` does; leave no container behind that never became ready."""
    try:
        _wait(look, seconds, container)
    except BaseException:
        container.stop()
        raise


def _wait(ready: Callable[[], bool], seconds: float, container: DockerContainer) -> None:
    """Wait until `ready`; fail early, with the container's last words, when it has ended."""
    deadline = time.monotonic() + seconds
    while True:
        wrapped = container.get_wrapped_container()
        wrapped.reload()
        if wrapped.status == "exited" or time.monotonic() > deadline:
            said = b"".join(container.get_logs()).decode(errors="replace")
            raise RuntimeError(f"the container is {wrapped.status}, not healthy; it said:\n{said[-3000:]}")
        if wrapped.status == "running" and ready():
            return
        time.sleep(0.5)
