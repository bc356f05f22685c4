"""The options of commands that can leave their work to a cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from manypaths.base.errors import Refused

if TYPE_CHECKING:
    from manypaths.base.progress import Tell
    from manypaths.estimates.sites import Site

ClusterOption = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="Leave the work to a Dask scheduler; local: to processes made here."
    ),
]
SharedOption = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        file_okay=False,
        writable=True,
        resolve_path=True,
        help="A folder that this machine and all workers see.",
    ),
]


@contextmanager
def site_for(cluster: str | None, shared: Path | None, tell: "Tell") -> Iterator["Site"]:
    """Give the place where the passes of a command are made: here unless a cluster was named."""
    if cluster is None:
        from manypaths.estimates.sites import HERE

        yield HERE
        return
    try:
        from manypaths.batch.clusters import open_site
    except ModuleNotFoundError as error:
        if error.name not in ("dask", "distributed"):
            raise
        raise Refused(
            "--cluster needs Dask, which is not installed: `make cluster` adds it."
        ) from None
    tell("Opening the cluster", 0, 0)
    with open_site(cluster, folder=shared, tell=tell) as site:
        yield site


def require_cluster_for_shared(cluster: str | None, shared: Path | None) -> None:
    """Raise BadParameter for a folder that nobody would share."""
    if shared is not None and cluster is None:
        raise typer.BadParameter("--shared goes with --cluster.")
