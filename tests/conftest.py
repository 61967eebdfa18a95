"""The one Hypothesis profile of the suite, loaded once, before any test is collected."""

import os

from hypothesis import settings

# No deadline: the first call of a kernel compiles it. A run with CI set draws the same
# examples every time; elsewhere the examples vary and failures are kept in .hypothesis.
settings.register_profile(
    "modelcollapse",
    deadline=None,
    max_examples=12,
    print_blob=True,
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("modelcollapse")
