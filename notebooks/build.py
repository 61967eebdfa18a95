"""Run the notebooks and write them as .ipynb: `python notebooks/build.py [--out DIR] [NAME ...]`.

Two builds of the same sources are the same file: no times, no random cell ids, nothing about the
Python that ran them, and no settings of the user's own IPython.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

HERE = Path(__file__).resolve().parent
SECONDS = 600  # for one cell


def sources() -> dict[str, Path]:
    """Return every notebook by name: each .py file here whose first line opens a header."""
    found = sorted(HERE.glob("*.py"))
    return {path.stem: path for path in found if path.read_text("utf-8").startswith("# ---\n")}


def build(source: Path, scratch: Path) -> str:
    """Return the notebook, run in a fresh kernel, as the text of an .ipynb file.

    scratch: an empty folder for what the kernel leaves behind.
    """
    notebook = jupytext.reads(source.read_text("utf-8"), fmt="py:percent")
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{source.stem}-{number:03}"
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(HERE)}},
    )
    manager = client.create_kernel_manager()
    manager.connection_file = str(scratch / "kernel.json")
    if os.name == "posix" and len(str(scratch)) < 80:  # a longer path is no socket
        # Sockets in the scratch folder: nothing goes over the network.
        manager.transport = "ipc"
        manager.ip = str(scratch / "socket")
    client.execute()
    notebook.metadata.pop("language_info", None)
    text: str = nbformat.writes(notebook, version=4)  # type: ignore[no-untyped-call]
    return text.rstrip("\n") + "\n"


def write(target: Path, text: str) -> None:
    """Write a file as a whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def main() -> int:
    """Build the notebooks asked for, all of them for none, and print where they are."""
    known = sources()
    parser = argparse.ArgumentParser(description="Run the notebooks and write them as .ipynb.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}; all")
    parser.add_argument("--out", type=Path, default=HERE, help="folder; this one without it")
    asked = parser.parse_args()
    for name in asked.names:
        if name not in known:
            parser.error(f"unknown notebook {name!r} (there are {', '.join(known)})")
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as own:
        settings = {"IPYTHONDIR": own, "JUPYTER_RUNTIME_DIR": own, "JUPYTER_PREFER_ENV_PATH": "1"}
        os.environ.update(settings)
        for name in asked.names or known:
            target = asked.out / f"{name}.ipynb"
            try:
                scratch = Path(tempfile.mkdtemp(dir=own))
                write(target, build(known[name], scratch))
            except CellExecutionError as error:
                print(f"{known[name].name}: {error}", file=sys.stderr)
                return 1
            print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
