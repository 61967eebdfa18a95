"""The one Hypothesis profile of the suite, and the command line without a process of its own."""

import os
import sys
from collections.abc import Callable

import pytest
from hypothesis import settings

from proofs import __main__ as command

# No deadline: the first call of a kernel compiles it. A run with CI set draws the same
# examples every time; elsewhere the examples vary and failures are kept in .hypothesis.
settings.register_profile(
    "modelcollapse",
    deadline=None,
    max_examples=16,
    print_blob=True,
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("modelcollapse")


@pytest.fixture
def collapse(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs the command: exit code, standard output, standard error."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["collapse", *words])
        with pytest.raises(SystemExit) as ended:
            command.main()
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return run


#: What takes minutes in one piece starts first, so that no process is left alone with it.
LONG = ("test_notebooks", "test_sabotage", "test_figures_all")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the long files first, in their order."""
    items.sort(key=lambda item: item.path.stem not in LONG)
