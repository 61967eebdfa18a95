"""The recursion of `kernel_density` again, slow and plain: points where they are, no units."""

import math

import numpy as np

from numerics.kernel_density import KERNELS, Kernel, KernelRun, draw_kernel
from numerics.plain import logarithm
from numerics.start import Start, draw_unit
from numerics.streams import index_below, new_stream

__all__ = ["kernel_density_by_words"]


def kernel_density_by_words(
    start: Start, samples: int, record: tuple[int, ...], key: int, first: int, last: int,
    bandwidth: float, kernel: Kernel = "gaussian", adaptive: bool = False,
) -> KernelRun:  # fmt: skip
    """KernelRun that equals that of `kernel_density.simulate`, up to rounding."""
    means = np.zeros((last - first, record[-1]))
    variances = np.zeros_like(means)
    for r in range(last - first):
        stream = new_stream(key, first + r)
        point = np.empty(1)
        points = np.zeros(samples)
        for i in range(record[-1]):
            width = bandwidth * (math.sqrt(points.var()) if adaptive else 1.0)
            drawn = np.empty(samples)
            for j in range(samples):
                if i == 0:
                    draw_unit(stream, start.law, start.rows, point)
                    drawn[j] = start.location[0] + start.root[0, 0] * point[0]
                else:
                    chosen = points[index_below(stream, samples)]
                    drawn[j] = chosen + width * draw_kernel(stream, KERNELS.index(kernel))
            points = drawn
            width = bandwidth * (math.sqrt(points.var()) if adaptive else 1.0)
            means[r, i], variances[r, i] = points.mean(), points.var() + width**2
    seen = [generation - 1 for generation in record]
    return KernelRun(means[:, seen], variances[:, seen], logarithm(variances[:, seen]))
