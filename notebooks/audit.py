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
# # An audit, live
#
# Some statements of the paper are off, one of them at leading order. At the end you will know
#
# * what equation (4), the **mean** of the distance, says rightly, and where it ends;
# * that equation (5), its **variance**, is too small by 40 % for one generation and, as $M$ grows,
#   by about 20 % for many; what is right instead, and how three kinds of evidence say so;
# * two more statements that fail at a point small enough to **count by hand**.
#
# The theorem of the paper stands. All statements, with rulings, are in `proofs/AUDIT.md`; here a
# few are derived again before your eyes.

# %%
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np

from numerics import enumeration, gaussian, streams, workflows
from numerics.start import Start
from numerics.workflow import Workflow
from proofs.case import setting
from proofs.gaussian.risk_spread import variance
from proofs.style import STYLE
from theory.lookup import law

plt.style.use(STYLE)
normal = Start.named("normal")

# %% [markdown]
# ## 1. Equation (5)
#
# $R = W_2^2$ is the squared distance of the fitted Gaussian from the real one. At constant $M$ and
# after $n$ generations, in units of $\sigma^4$, the paper prints
#
# $$\operatorname{Var} R = \tfrac12 \Big(\sum_i \tfrac{3}{M_i^2} + \sum_{i \ne j}
# \tfrac{4}{M_i M_j}\Big) + O(3) = \frac{4 n^2 - n}{2 M^2} + O(3).$$
#
# ### By hand
#
# Take one generation. The fitted mean is off by $Z/\sqrt M$ with a standard normal $Z$, and the
# standard deviation by $Z'/\sqrt{2M}$ to first order, independently. So
# $R \approx Z^2/M + Z'^2/(2M)$, and since $Z^2$ has the variance 2,
#
# $$\operatorname{Var} R \approx \frac{2}{M^2} + \frac{2}{4 M^2} = \frac{5}{2 M^2}.$$
#
# The drift alone, $2/M^2$, is more than the printed total, $3/(2 M^2)$. After more generations both
# errors are sums of such terms, which gives $\tfrac52 (\sum 1/M_i)^2$ (B13b).
#
# ### By three kinds of evidence
#
# The exact law is B13. Against it: moments of the fitted points, expanded one by one and enclosed
# in balls, which know neither formula; and runs that draw every point.

# %%
samples, runs, record = 100, 40_000, (1, 2, 4, 8)
key = streams.derive_key("audit", "spread")
fits = gaussian.simulate(normal, samples, record, key, 0, runs)
seen = fits.mean**2 + (np.sqrt(fits.variance) - 1) ** 2
print(f"Var R in units of 1/M^2, M = {samples}; 'runs' with one standard error")
print("  n  printed  corrected  exact law  enclosed   runs")
for g, n in enumerate(record):
    point = {"M": samples, "n": n, "sigma": 1}
    laws = [samples**2 * law(code, **point) for code in ("B13x", "B13b", "B13")]
    ball = samples**2 * float(variance(setting((n,), M=samples), n).mid())
    squares = (seen[:, g] - seen[:, g].mean()) ** 2 * samples**2
    error = squares.std() / runs**0.5
    print(f"{n:3} {laws[0]:8.3f} {laws[1]:10.3f} {laws[2]:10.3f} {ball:9.3f}", end="")
    print(f"   {squares.mean():.3f} +- {error:.3f}")

# %% [markdown]
# A remainder of third order cannot mend it. If it could, the ratio of the printed to the true
# variance would tend to 1 as $M$ grows. It tends to $(4n - 1)/(5n)$: 3/5 for one generation, nearly
# 4/5 for many. At a fixed $M$ it falls again as $n$ grows:

# %%
sizes = (5, 10, 20, 50, 100, 300, 1000, 3000, 10_000)
figure, ax = plt.subplots(figsize=(4.6, 2.8))
for n, (line, mark) in zip((1, 2, 20), (("-", "o"), ("--", "s"), (":", "^")), strict=True):
    used = [size for size in sizes if size >= 5 * n]
    true = np.array([law("B13", M=size, n=n, sigma=1) for size in used])
    printed = np.array([law("B13x", M=size, n=n, sigma=1) for size in used])
    ax.plot(
        used, printed / true, line + mark, color="C0", markersize=3.5, markerfacecolor="white",
        label=f"printed, $n = {n}$",
    )  # fmt: skip
corrected = np.array([law("B13b", M=size, n=1, sigma=1) for size in sizes])
exact = np.array([law("B13", M=size, n=1, sigma=1) for size in sizes])
ax.plot(sizes, corrected / exact, color="0.5", linewidth=2, label="corrected, $n = 1$")
ax.set(xscale="log", xlabel="samples $M$", ylabel="formula / exact variance", ylim=(0, 1.1))
_ = ax.legend()

# %% [markdown]
# ## 2. Equation (4)
#
# The mean of $R$ is printed as $\tfrac32 \sigma^2 \sum 1/M_i$, and that is right to first order. It
# is a statement on small $n/M$, and not on all generations at once. The exact risk (B11) goes from
# $\tfrac32 n/M$ to $2 + n/M$, which the printed one exceeds by half in the end:

# %%
samples = 100
print("   n   n/M   printed     exact   excess")
for n in (1, 10, 50, 100, 300, 1000, 3000):
    printed = law("B11x", M=samples, n=n, sigma=1)
    exact = law("B11", M=samples, n=n, sigma=1)
    print(f"{n:4} {n / samples:5.2f} {printed:9.4f} {exact:9.4f}  {printed / exact - 1:7.2%}")

# %% [markdown]
# ## 3. "Lost with probability $1 - q$"
#
# So says section 4.1 of a state of probability $q$. That is the limit, and no chance at any time.
# The smallest case: two categories, one half each, two draws. The first is missed by both draws
# once in four times, and there are only three tables of counts to look at:

# %%
half = Fraction(1, 2)
for n in (1, 2, 3, 10):
    tables = enumeration.law_after((half, half), 2, n)
    lost = sum(chance for counts, chance in tables.items() if counts[0] == 0)
    exact = law("A17", q=half, M=2, n=n)
    print(f"n = {n:2}: counted out {lost} = {float(lost):.6f}, A17 {exact:.6f}, printed 0.5")

# %% [markdown]
# ## 4. Which weights mean "trained on the last model"?
#
# The next law is $\alpha$ times the fit to the last samples, $\beta$ times the law before and
# $\gamma$ times the real one. The paper says that it considers $\alpha = \gamma = 0$. By its own
# definition that leaves the law as it is, for ever; resampling is $\beta = \gamma = 0$:

# %%
thirds = (Fraction(1, 3), Fraction(2, 3))
for name, workflow in (
    ("alpha = gamma = 0", Workflow(alpha=0, beta=1)),
    ("beta = gamma = 0", Workflow()),
):
    after = workflows.after(thirds, 3, 2, workflow)
    diversity = sum(chance * (1 - sum(x * x for x in state.law)) for state, chance in after.items())
    print(f"{name}: mean diversity after 2 generations of 3 draws {diversity}")
print(f"law of the collapse (A02): {law('A02', p='1/3,2/3', M=3, n=2):.6f}")

# %% [markdown]
# **To go on:** `collapse audit` rules on all statements, `collapse audit eq-05` on this one;
# `collapse verify B13x` shows the smallest sizes at which it fails.
