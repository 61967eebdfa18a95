"""WHAT IS MEASURED: simulations that know no closed form of any result.

Importing this package names the folder of Numba's compiled code by a digest of the package's
own sources. Numba keys a cached kernel by the file that holds it, so after a change to a helper
in another file it would go on running the old helper (numba#1833); a folder per digest
cannot be stale.
"""

import contextlib
import hashlib
import os
import re
import shutil
import stat
import sys
import tempfile
import time
from pathlib import Path

__all__ = ["cache_folder", "source_digest"]

_FOLDER = re.compile(r"numba-[0-9a-f]{64}")
_MARK = "last-used"
_UNUSED_SECONDS = 24 * 3600.0


def source_digest() -> str:
    """SHA-256 (64 hexadecimal digits) over the names and contents of this package's sources."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def cache_folder() -> Path:
    """Folder for what may be kept for this user from one call to the next."""
    return Path(os.environ["NUMBA_CACHE_DIR"]).parent


def _user_cache() -> Path:
    """Folder for this user's caches, as the XDG base directory specification names it."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    return Path(named) if os.path.isabs(named) else Path.home() / ".cache"


def _private_temporary() -> Path:
    """Folder under the temporary directory that nobody else can write to.

    Cached kernels are pickles, so a folder that another user prepared must not be trusted.
    """
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"modelcollapse-{user}"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        seen = folder.lstat()
        if stat.S_ISDIR(seen.st_mode) and seen.st_uid == user and not seen.st_mode & 0o077:
            return folder
    return Path(tempfile.mkdtemp(prefix="modelcollapse-"))


def _marked(folder: Path) -> bool:
    """Whether the folder exists and could be marked as used now, which needs write access."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).touch()
    except OSError:
        return False
    return True


def _drop_old(base: Path, keep: str) -> None:
    """Remove the folders of other digests that no process has marked for a day.

    A day leaves alone the versions in use beside this one (a second checkout, a running
    process). Removing one that is in use after all costs a recompilation and nothing else:
    Numba makes the folder again when it saves and treats a missing file as not cached.
    """
    with contextlib.suppress(OSError):
        for folder in base.iterdir():
            if folder.name == keep or not _FOLDER.fullmatch(folder.name):
                continue
            # Another process may be removing the same folder: then there is nothing to do.
            with contextlib.suppress(OSError):
                mark = folder / _MARK
                used = (mark if mark.exists() else folder).stat().st_mtime
                if time.time() - used > _UNUSED_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)


def _name_cache() -> None:
    """Point Numba, here and in child processes, at the folder of this digest."""
    name = f"numba-{source_digest()}"
    try:
        base = _user_cache() / "modelcollapse"
    except RuntimeError:  # no home directory is known
        base = _private_temporary()
    if not _marked(base / name):
        base = _private_temporary()
        _marked(base / name)
    _drop_old(base, keep=name)
    os.environ["NUMBA_CACHE_DIR"] = str(base / name)
    # The variable alone is too late once somebody has imported Numba.
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(base / name)


_name_cache()
