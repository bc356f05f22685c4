"""Open a cluster: processes of this machine made for the occasion, or one that an operator runs."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import dask
from distributed import Client, LocalCluster
from distributed.comm.addressing import get_address_host_port
from distributed.security import Security

from manypaths import __version__
from manypaths.base.errors import Refused
from manypaths.base.progress import Tell, silence
from manypaths.batch import tasks
from manypaths.batch.sites import ClusterSite

LOCAL = "local"
_WAIT_SECONDS = 30
# A model goes out in one message.
_LARGE_MESSAGES = {"distributed.admin.large-graph-warning-threshold": "1GiB"}
_NO_PAGES: dict[str, list[str]] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}


@contextmanager
def open_site(
    address: str, *, folder: Path | None = None, tell: Tell = silence
) -> Iterator[ClusterSite]:
    """Connect to the scheduler of an address, or make a cluster on this machine for `local`.

    `folder` is one that all workers see; the system's folder for passing files unless given. What
    goes between the parts of a cluster can make them run anything: an address must be the
    operator's own word. Raises Refused where the cluster isn't there or isn't ready for this work.
    """
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(_LARGE_MESSAGES))
        stack.enter_context(_quiet())
        if address == LOCAL:
            client = stack.enter_context(local_client(len(os.sched_getaffinity(0))))
        else:
            client = stack.enter_context(_remote_client(address))
        # For its owner alone, as mkdtemp makes them.
        passing = TemporaryDirectory(prefix="manypaths-", dir=folder)
        site = ClusterSite(client, Path(stack.enter_context(passing)), tell)
        require_ready(site)
        yield site


@contextmanager
def local_client(n_workers: int) -> Iterator[Client]:
    """Make a cluster of processes that only this one can talk to, and end it after the block."""
    with (
        dask.config.set(_NO_PAGES),
        LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            security=Security.temporary(),
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to itself what Dask says of its inner life; what matters is raised."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    levels = {name: logging.getLogger(name).level for name in names}
    try:
        for name in names:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def _remote_client(address: str) -> Iterator[Client]:
    try:
        # A client that fails on its way is closed whenever Python collects it, and may then hold up
        # the next one: where nobody listens there is none.
        socket.create_connection(get_address_host_port(address), timeout=_WAIT_SECONDS).close()
        client = Client(address, timeout=_WAIT_SECONDS)
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        # What fails: the network, the address as it is written, TLS without certificates.
        raise Refused(f"No cluster answers at {address}: {error}.") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_WAIT_SECONDS)
        except TimeoutError as error:
            raise Refused(f"The cluster at {address} has no workers. Start some.") from error
        yield client


def require_ready(site: ClusterSite) -> None:
    """Raise Refused unless all workers run this version and see the folder."""
    found = site.client.run(tasks.readiness, site.folder, on_error="return")
    for worker, answer in found.items():
        if isinstance(answer, BaseException):
            raise Refused(f"The worker {worker} can't run Manypaths {__version__}: {answer}.")
        version, sees_folder = answer
        if version != __version__:
            raise Refused(
                f"The worker {worker} runs Manypaths {version}; this is {__version__}. "
                "Install the same version everywhere, or figures would differ."
            )
        if not sees_folder:
            raise Refused(
                f"The worker {worker} can't read {site.folder.parent}. "
                "Name a folder with --shared that this machine and all workers see."
            )
