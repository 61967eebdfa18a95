# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Gaussians: how the spread dies and where the mean goes
#
# The model is a Gaussian, fitted to $M$ points of the Gaussian before. At the end you will know
#
# * the **whole law** of the fitted variance, and why its mean describes hardly any run;
# * what the **risk** $\mathbb{E}\,W_2^2$ does, exactly, for both usual estimators, and how far the
#   printed first order carries;
# * why an **average of simulated runs** must not be trusted there, and what to look at instead;
# * where the fitted mean **comes to rest**, and how far away that can be;
# * how the **shape** goes in several dimensions: one rate for each direction.
#
# The curves are claims with a code. The marks are simulations that draw every point and fit it.

# %%
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Math

from numerics import gaussian, streams
from numerics.start import Start
from proofs.style import STYLE
from theory.lookup import formula, law

plt.style.use(STYLE)
normal = Start.named("normal")

# %% [markdown]
# ## 1. The law of the variance
#
# Each fit multiplies the variance by an independent chi-square over its $M - 1$ degrees of freedom.
# So all moments are known, of every order $t$, whole or not:

# %%
Math(formula("B01", "moment"))

# %% [markdown]
# For $t = 1$ that is 1 for ever. Its quantiles tell another story (B06): after two
# hundred generations even the run at 95 % is far below the start.

# %%
samples, runs, record = 20, 4000, (1, 2, 4, 8, 15, 30, 60, 120, 200)
key = streams.derive_key("gaussian", "variance")
fits = gaussian.simulate(normal, samples, record, key, 0, runs)
levels = (Fraction(1, 20), Fraction(1, 2), Fraction(19, 20))
seen = np.quantile(fits.variance, [float(q) for q in levels], axis=0)

# %%
figure, ax = plt.subplots(figsize=(4.6, 2.8))
low, middle, high = (
    [law("B06", "quantile", M=samples, n=n, q=q, sigma=1, estimator="unbiased") for n in record]
    for q in levels
)
ax.fill_between(record, low, high, color="0.88", linewidth=0, label="exact, 5 % to 95 % (B06)")
ax.plot(record, middle, color="C0", label="exact median (B06)")
ax.axhline(1, color="black", linestyle=":", label="exact mean (B02)")
for quantile in seen:
    ax.plot(record, quantile, "o", color="black", markersize=3, markerfacecolor="white")
ax.plot(
    [], [], "o", color="black", markersize=3, markerfacecolor="white",
    label=f"the same of {runs} runs",
)  # fmt: skip
ax.set(xlabel="generation $n$", ylabel=r"$\sigma_n^2 / \sigma^2$", yscale="log", xlim=(0, 205))
_ = ax.legend(loc="lower left")

# %% [markdown]
# ## 2. The risk
#
# $W_2^2$ between the fit and the real Gaussian is $(\mu_n - \mu)^2 + (\sigma_n - \sigma)^2$. Its
# mean is the risk, at constant $M$
# $\sigma^2\,(n/M + 2\,(1 - c_4(M)^n))$ for the unbiased estimator (B11). The paper prints its first
# order, $\tfrac32 \sigma^2 n / M$. With the divisor $M$, the maximum-likelihood estimator, the risk
# does not grow without bound: it rises to $2\sigma^2$ (B12).

# %%
record = (1, 2, 4, 8, 15, 30, 60, 120, 240, 480)
risks = {}
for estimator in ("unbiased", "mle"):
    key = streams.derive_key("gaussian", "risk", estimator)
    fits = gaussian.simulate(normal, samples, record, key, 0, runs, estimator)
    risks[estimator] = (fits.mean**2 + (np.sqrt(fits.variance) - 1) ** 2).mean(axis=0)
fine = np.unique(np.geomspace(1, record[-1], 50).astype(int)).tolist()

# %%
figure, ax = plt.subplots(figsize=(4.6, 2.8))
lines = (
    ("B11", "risk", "-", "exact, unbiased (B11)"),
    ("B11x", "risk", ":", "as printed, first order"),
    ("B12", "risk", "--", "exact, divisor $M$ (B12)"),
)
for code, quantity, line, label in lines:
    values = [law(code, quantity, M=samples, n=n, sigma=1) for n in fine]
    ax.plot(fine, values, line, color="C0", label=label)
for (estimator, risk), mark in zip(risks.items(), "os", strict=True):
    ax.plot(
        record, risk, mark, color="black", markersize=3.5, markerfacecolor="white",
        label=f"average of {runs} runs, {estimator}",
    )  # fmt: skip
ax.set(xscale="log", yscale="log", xlabel="generation $n$", ylabel=r"risk $E\,W_2^2 / \sigma^2$")
_ = ax.legend(loc="upper left")

# %% [markdown]
# The round marks fall behind the exact curve where $n$ is several times $M$. The curve is right:
# the mean of $W_2^2$ is carried by runs so rare that none of the simulated ones is among them. So
# an average is no evidence there, however narrow its error bar seems. What can be checked is the
# law of $\ln \sigma_n^2$, a sum of $n$ independent terms, at any $n$:

# %%
key = streams.derive_key("gaussian", "logarithm")
fits = gaussian.simulate(normal, samples, record, key, 0, runs)
for g in (3, 5, 7, 9):
    n, seen = record[g], fits.log_variance[:, g]
    exact = law("B04", "mean-log", M=samples, n=n, estimator="unbiased")
    error = seen.std() / runs**0.5
    average = (fits.mean[:, g] ** 2).mean()
    print(f"n = {n:3}: mean of ln variance {seen.mean():8.3f} +- {error:.3f}, exact {exact:8.3f};")
    print(f"         mean squared drift {average:7.3f}, exact {law('B10', M=samples, n=n):7.3f}")

# %% [markdown]
# ## 3. Where the mean comes to rest
#
# The steps of the mean shrink with the spread, so each run ends somewhere: $\mu_\infty$ exists. For
# many samples a generation it is $\mu + \sigma t$ with Student's $t$ of two degrees of freedom
# (B18). That law has no variance, which is why the risk diverges while every run settles.

# %%
samples, runs, last = 20, 4000, 1000
key = streams.derive_key("gaussian", "rest")
fits = gaussian.simulate(normal, samples, (last,), key, 0, runs)
distance = np.sort(np.abs(fits.mean[:, 0]))
print(f"spread left after {last} generations, largest of all runs: ", end="")
print(f"{np.sqrt(fits.variance.max()):.2g}")

# %%
places = np.geomspace(0.1, 30, 40)
student = [law("B18", "tail", M=samples, x=Fraction(x), sigma=1) for x in places]
tail = law("B17", "constant", M=samples, sigma=1) / places**2
figure, ax = plt.subplots(figsize=(4.6, 2.8))
ax.plot(places, student, color="C0", label="Student, many samples (B18)")
ax.plot(places[places > 1.5], tail[places > 1.5], ":", color="black", label="power tail (B17)")
beyond = [(distance > x).mean() for x in places[::2]]
ax.plot(
    places[::2], beyond, "o", color="black", markersize=3.5, markerfacecolor="white",
    label=f"share of {runs} runs, $M = {samples}$",
)  # fmt: skip
ax.set(
    xscale="log", yscale="log", xlabel=r"$x$, in units of $\sigma$", ylim=(2e-4, 1.5),
    ylabel=r"$P(|\mu_\infty - \mu| > x \sigma)$",
)  # fmt: skip
_ = ax.legend(loc="lower left")

# %% [markdown]
# ## 4. In $d$ dimensions
#
# The covariance collapses in every direction, and each eigenvalue has its own rate:

# %%
Math(formula("B23", "exponent"))

# %%
samples, dimensions, runs, record = 8, 2, 2000, tuple(range(10, 201, 10))
key = streams.derive_key("gaussian", "shape")
start = Start.named("normal", np.zeros(dimensions))
fits = gaussian.simulate_multivariate(start, samples, record, key, 0, runs)
first = np.log(np.linalg.eigvalsh(fits.covariance)[:, :, -1])
last = fits.log_determinant - first  # the small eigenvalue, without its loss of digits
logarithms = first.mean(axis=0), last.mean(axis=0)

# %%
figure, ax = plt.subplots(figsize=(4.6, 2.8))
half, times = len(record) // 2, np.array(record)
for i, (line, mark) in enumerate((("-", "o"), ("--", "s"))):
    seen, change = logarithms[i], (first, last)[i][:, -1] - (first, last)[i][:, half]
    rate = law("B23", "exponent", M=samples, d=dimensions, i=i + 1, estimator="unbiased")
    ax.plot(times, seen[half] + rate * (times - record[half]), line, color="C0")
    ax.plot(
        times, seen, mark, color="black", markersize=3.5, markerfacecolor="white",
        label=rf"$\lambda_{i + 1}$, mean of {runs} runs",
    )  # fmt: skip
    span = record[-1] - record[half]
    print(f"eigenvalue {i + 1}: rate {rate:.4f} (B23), slope of the mean logarithm", end=" ")
    print(f"{change.mean() / span:.4f} +- {change.std() / span / runs**0.5:.4f}")
ax.set(xlabel="generation $n$", ylabel=r"mean of $\ln \lambda_i(\Sigma_n)$")
_ = ax.legend(title="lines: slopes of B23", title_fontsize=7)

# %% [markdown]
# The lines are laid through the middle of the marks: only their slopes are claimed, in the limit.
# Since the rates differ, a round cloud turns into a needle:

# %%
rate = law("B24", "rate", M=samples, d=dimensions, estimator="unbiased")
longer = np.exp(np.median(first[:, half] - last[:, half]) / 2)
print(f"after {record[half]} generations the first axis is {longer:.0f} times as long as the last,")
print(f"in the median run; ln of the squared ratio grows by {rate:.4f} a generation (B24)")

# %% [markdown]
# **To go on:** `collapse value B11 M=1000 n=100 sigma=1`; `collapse verify B11`, or `B06`, `B18`,
# `B23`; the notebook `audit` sets what is in print against these laws.
