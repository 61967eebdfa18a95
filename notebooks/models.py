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
# # The models that people train
#
# Mixtures, autoencoders, language models, kernel densities, regressions: each refitted to what it
# made itself. At the end you will know
#
# * which of their numbers follow an **exact law**, and what each law looks like beside simulations;
# * which have **no exact law** so far, or one only as long as a condition holds;
# * that the same few mechanisms return: a variance that loses the share $1/M$, a rare thing that is
#   not drawn and is gone, an error that adds up unless the data are kept.
#
# | model | exact law | no exact law |
# |---|---|---|
# | Gaussian mixture, EM | total variance and drift, any components (D05) | parts that overlap |
# | linear VAE | trace and drift (D01), price of too few latents (D02) | nonlinear networks |
# | n-gram table | independent draws (E03, A16, A17) | running text, smoothing, prompts |
# | kernel density | mean variance and drift (D06, D07) | a typical run |
# | least squares | error of the weights (C01, C02, C03) | other losses |

# %%
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np

from numerics import latent, mixture_workflows, streams
from numerics.ngram_generations import Recipe
from proofs import simulation
from proofs.inputs import read_sample
from proofs.plans.kernel_density import plan_kernel_density
from proofs.plans.mixture import named, plan_mixture
from proofs.plans.ngram import plan_ngram, read_text
from proofs.plans.regression import plan_regression
from proofs.plans.vae import plan_vae
from proofs.style import STYLE
from theory.lookup import law

plt.style.use(STYLE)
seen = {"color": "black", "markersize": 3.5, "markerfacecolor": "white", "linestyle": ""}
rows = []  # of the table at the end

# %% [markdown]
# Each simulation below is a plan of `collapse simulate`, so the command line gives the same.
#
# ## 1. Gaussian mixtures
#
# The paper refits a mixture of two Gaussians by EM to 1000 points, 2050 times. Here 50 points, 102
# times: laws of $(1 - 1/M)^n$ see little more than $n / M$.
#
# EM gives the mixture the mean and the covariance of its points, whatever its components do. So the
# **total variance** and the **drift** of the mean have a law that holds for any mixture (D05). The
# part **within** components has one only as long as they do not overlap (D04).

# %%
samples, generations, runs, apart = 50, 102, 500, 6.0
begin = named("two-gaussians", 2, apart)
plan = plan_mixture(samples, generations, runs, "models", begin)
mixture = simulation.simulate(plan, threads=1)
total = 2 + Fraction(apart / 2) ** 2
for size, last in ((samples, generations), (1000, 2050)):
    left = law("D05", "variance", M=size, n=last, total=1)
    print(f"M = {size:4}, n = {last:4}: share of the total variance left {left:.4f}")

# %%
places = [place for place in mixture.printed() if mixture.generations[place]]
times = np.array(mixture.generations)[places]
# D04 is about one component, here of weight 1/2 and trace 2; for both of them V = 2 + 2.
laws = (
    ("trace", "-", "o", "total variance (D05)", ("D05", "variance"), {"total": total}),
    ("drift", "--", "s", "drift of the mean (D05)", ("D05", "drift"), {"total": total}),
    ("within", ":", "^", "within, if separate (D04)", ("D04", "variance"), {"w": "1/2", "V": 4}),
)
figure, ax = plt.subplots(figsize=(4.6, 3.0))
for name, line, mark, label, which, point in laws:
    exact = [law(*which, M=samples, n=n, **point) for n in times.tolist()]
    column = plan.columns.index(name)
    ax.plot(times, exact, line, color="C0")
    ax.plot(times, mixture.mean[places, column], mark, **seen)
    ax.plot([], [], line + mark, color="C0", markerfacecolor="white", markeredgecolor="black",
            markersize=3.5, label=label)  # fmt: skip
    if name != "within":
        rows.append(("mixture, EM", label, exact[-1], mixture, column))
ax.set(xscale="log", yscale="log", xlabel="generation $n$", ylabel="mean variance or squared drift")
_ = ax.legend(title=f"lines: laws; marks: mean of {runs} runs", title_fontsize=7, loc="lower left")

# %% [markdown]
# The triangles leave their line when runs lose a component. No point is left of it; k-means++ lays
# both components into the one blob that remains, where they share points and the law does not
# speak. Such runs are known by their two means, which lie 6 standard deviations apart at first.
# Those within half of that are set beside the chance that separate components lose one (A17):

# %%
record, key = (5, 10, 20, 40, 80), streams.derive_key("models", "blobs")
fits = mixture_workflows.simulate(begin, 2, samples, record, key, 0, runs)
distances = np.linalg.norm(fits.means[:, :, 0] - fits.means[:, :, 1], axis=2)
inside = (fits.weights * np.trace(fits.covariances, axis1=3, axis2=4)).sum(axis=2).mean(axis=0)
print("  n   runs in one blob   chance of a loss (A17)   within / law")
for g, n in enumerate(record):
    share, chance = (distances[:, g] < apart / 2).mean(), 2 * law("A17", q="1/2", M=samples, n=n)
    ratio = inside[g] / law("D04", "variance", M=samples, n=n, w="1/2", V=4)
    print(f"{n:3} {share:18.3f} {chance:24.3f} {ratio:14.3f}")

# %% [markdown]
# What happens in one blob has no exact law. The total cares nothing for that.
#
# ## 2. A linear VAE
#
# A linear VAE with learned noise is probabilistic PCA. Its fit keeps the trace of the sample
# covariance, however few the latents. So trace and drift have the law of a full Gaussian (D01).
# The data are real, and not Gaussian; only their covariance enters.

# %%
iris, samples, generations, runs = read_sample("iris"), 20, 40, 2000
plan = plan_vae(samples, generations, runs, "models", iris, latents=2)
autoencoder = simulation.simulate(plan, threads=1)
trace = Fraction(float(iris.rows.var(axis=0).sum()))
print(*iris.notes, f"trace of their covariance {float(trace):.4f}", sep="; ")

# %%
places = [place for place in autoencoder.printed() if autoencoder.generations[place]]
times = np.array(autoencoder.generations)[places]
figure, ax = plt.subplots(figsize=(4.6, 2.6))
for name, line, mark in (("trace", "-", "o"), ("drift", "--", "s")):
    exact = [law("D01", name, M=samples, n=n, trace=trace) for n in times.tolist()]
    column = plan.columns.index(name)
    ax.plot(times, exact, line, color="C0", label=f"{name}, exact (D01)")
    ax.plot(times, autoencoder.mean[places, column], mark, **seen, label=f"{name}, {runs} runs")
    rows.append(("linear VAE, iris", f"{name} (D01)", exact[-1], autoencoder, column))
ax.set(xlabel="generation $n$", ylabel="trace, squared drift (cm$^2$)")
_ = ax.legend(loc="center right")

# %% [markdown]
# The other error is one of **expressivity**: what $q$ latents cannot hold. It is paid at the first
# fit, and refitting adds nothing to it (D02). For the 64 pixels of handwritten digits:

# %%
digits = read_sample("digits", leave_constant=True)
start = latent.fit_covariance(np.round(np.cov(digits.rows.T), 9), 60)
eigenvalues = [Fraction(value) for value in (*(start.latent + start.noise), start.noise)]
assert len(eigenvalues) == len(digits.names)
listed = ",".join(map(str, eigenvalues))
print(f"images of {len(digits.names)} pixels that change, as if they were Gaussian")
for latents in (1, 5, 20, 40):
    price, noise = (law("D02", name, l=listed, q=latents) for name in ("kl", "noise"))
    print(f"{latents:2} latents: relative entropy {price:6.2f} nats, for ever; noise {noise:7.4f}")

# %% [markdown]
# And a run to look at: ten latents, 100 images a generation. Each column is one code $z$, decoded
# by the models of generation 1, 20, 60 and 200. In the end every code is the same image.

# %%
random, latents, samples, shown = np.random.default_rng(1), 10, 100, (1, 20, 60, 200)
points = digits.rows[random.choice(len(digits.rows), samples)]
codes, strips = random.standard_normal((8, latents)), []
pixels = [int(name[1]) * 8 + int(name[2]) for name in digits.names]
for n in range(1, shown[-1] + 1):
    centred = points - points.mean(axis=0)
    fit = latent.fit_covariance(np.einsum("ia,ib->ab", centred, centred) / samples, latents)
    decoder = np.sqrt(fit.latent) * fit.frame[:, :latents]
    if n in shown:
        images = np.zeros((len(codes), 64))
        images[:, pixels] = points.mean(axis=0) + np.einsum("ik,ak->ia", codes, decoder)
        framed = np.pad(images.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)), constant_values=np.nan)
        strips.append(np.hstack(framed))
    noise = np.sqrt(fit.noise) * random.standard_normal(points.shape)
    z = random.standard_normal((samples, latents))
    points = points.mean(axis=0) + np.einsum("ik,ak->ia", z, decoder) + noise

# %%
figure, ax = plt.subplots(figsize=(4.6, 2.6))
ax.imshow(np.vstack(strips), cmap="gray_r", vmin=0, vmax=16)
ax.set(xlabel="code", ylabel="generation $n$")
ax.set_yticks([4.5 + 10 * place for place in range(len(shown))], shown)
_ = ax.set_xticks([4.5 + 10 * place for place in range(len(codes))], range(1, len(codes) + 1))

# %% [markdown]
# ## 3. A language model
#
# A trigram model of the words of *Pride and Prejudice*, smoothed by the method of Kneser and Ney;
# each generation continues the real sequences, and the next model is fitted to that. Perplexities
# and losses of such a loop have **no exact law**. What has one is a table from which words are
# drawn independently: how many kinds of words are left (E03); and a word that occurs once among
# $M$ is missed by a generation with the probability $(1 - 1/M)^M$ (A16), and afterwards it never
# comes back (A17).

# %%
text = read_text("pride-and-prejudice", 3)
runs = 3
plan = plan_ngram(text, Recipe(order=3), 3, runs, "models")
language, words = simulation.simulate(plan, threads=1), text.train.size
met = np.bincount(text.train.ravel(), minlength=text.vocabulary)
shares = ",".join(f"{count}/{words}" for count in met[met > 0])
print(*text.notes)
print(f"mean of {runs} runs, with one standard error; alone: words drawn independently")
print("    perplexity of            perplexity of          kinds of words       words met once")
print("    real text under          new text under         left                 that are lost")
print(" n  model n                  model 0                here     alone       here      alone")
for place, n in enumerate(language.generations):
    row = dict(zip(plan.columns, language.mean[place], strict=True))
    off = dict(zip(plan.columns, language.error[place], strict=True))
    kinds = law("E03", "types", p=shares, M=words, n=n)
    alone = law("A17", q=Fraction(1, words), M=words, n=n) if n else 0
    print(f"{n:2}", end="")
    for name in ("real_perplexity", "generated_perplexity"):
        print(f"  {row[name]:7.1f} +- {off[name]:4.1f}      ", end="")
    print(f" {row['types_1']:5.0f} +- {off['types_1']:2.0f} {kinds:5.0f}    ", end="")
    print(f"{row['lost_once']:.3f} +- {off['lost_once']:.3f} {alone:.3f}")

# %% [markdown]
# Of the words met once the first generation loses about what independent draws lose, of all kinds
# a little less. Then it loses less of both: prompts are real, and smoothing gives a chance to what
# was not seen. The model drifts away from the real text, while its own text first looks **more**
# probable to the original model than real text does.
#
# ## 4. Kernel densities
#
# The points are drawn again, each with a kernel of width $h$ around it. A fixed width feeds the
# variance that resampling takes: it settles at $M h^2$ (D06). A width that follows the points, by
# the usual rule of thumb, lets the mean variance explode (D07).

# %%
samples, generations, runs = 20, 60, 4000
plans = {
    "0.5": plan_kernel_density(samples, generations, runs, "models", bandwidth="0.5"),
    "0.1": plan_kernel_density(samples, generations, runs, "models", bandwidth="0.1"),
    "rule": plan_kernel_density(samples, 15, runs, "models"),
}
kernels = {name: simulation.simulate(plan, threads=1) for name, plan in plans.items()}
rule = (4 / (3 * samples)) ** 0.2
laws = {
    "0.5": ("-", "o", "$h = 0.5$ (D06)", {"code": "D06", "h": Fraction(1, 2)}),
    "0.1": ("--", "s", "$h = 0.1$ (D06)", {"code": "D06", "h": Fraction(1, 10)}),
    "rule": ("-.", "^", "$h$ by the rule of thumb (D07)", {"code": "D07", "h0": Fraction(rule)}),
}

# %%
figure, ax = plt.subplots(figsize=(4.6, 2.8))
for name, result in kernels.items():
    line, mark, label, point = laws[name]
    places = [place for place in result.printed() if result.generations[place]]
    times = np.array(result.generations)[places]
    exact = [law(M=samples, n=n, **point) for n in times.tolist()]
    ax.plot(times, exact, line, color="C0")
    column = result.plan.columns.index("variance")
    ax.plot(times, result.mean[places, column], mark, **seen)
    ax.plot([], [], line + mark, color="C0", markerfacecolor="white", markeredgecolor="black",
            markersize=3.5, label=label)  # fmt: skip
    rows.append(("kernel density", label.replace("$", ""), exact[-1], result, column))
ax.set(xscale="log", yscale="log", xlabel="generation $n$", ylabel="mean variance")
_ = ax.legend(title=f"lines: laws; marks: mean of {runs} runs", title_fontsize=7)

# %% [markdown]
# ## 5. Regression
#
# Least squares with $d = 5$ weights on $T = 20$ rows, whose labels the last fit made. The error of
# the weights grows linearly if only the newest labels are kept (C01). If all are kept, it stops:
# at $\pi^2 / 6$ times one fit's where every round labels the same rows (C02), as is printed, and
# below that where the rows are fresh (C03).

# %%
samples, dimensions, generations, runs = 20, 5, 60, 1500
point = {"T": samples, "d": dimensions}
ways = (
    ("C01", "newest labels only", "replace", "fresh", "-", "o"),
    ("C02", "all labels of the same rows", "accumulate", "same", "--", "s"),
    ("C03", "all labels, fresh rows", "accumulate", "fresh", ":", "^"),
)
figure, ax = plt.subplots(figsize=(4.6, 2.8))
for code, label, keep, inputs, line, mark in ways:
    plan = plan_regression(
        samples, generations, runs, "models", dimensions, workflow=keep, inputs=inputs
    )
    result = simulation.simulate(plan, threads=1)
    places = [place for place in result.printed() if result.generations[place]]
    times = np.array(result.generations)[places]
    exact = [law(code, n=n, **point) for n in times.tolist()]
    ax.plot(times, exact, line, color="C0")
    ax.plot(times, result.mean[places, 0], mark, **seen)
    ax.plot([], [], line + mark, color="C0", markerfacecolor="white", markeredgecolor="black",
            markersize=3.5, label=f"{label} ({code})")  # fmt: skip
    rows.append(("least squares", f"{label} ({code})", exact[-1], result, 0))
ax.set(xscale="log", yscale="log", xlabel="generation $n$", ylabel="squared error of the weights")
_ = ax.legend(title=f"lines: laws; marks: mean of {runs} runs", title_fontsize=7)

# %% [markdown]
# ## 6. All laws, all means
#
# The last generation of each curve, with the distance of mean and law in standard errors. Where one
# run carries a visible part of the mean, the standard error is no measure: those are marked.

# %%
print(f"{'model':17} {'law':38} {'exact':>9} {'mean':>9}  apart")
for model, label, exact, result, column in rows:
    mean, error = result.mean[-1, column], result.error[-1, column]
    alone = result.share[-1, column]
    note = f"  one run carries {alone:.0%}" if alone > simulation.LARGEST_SHARE else ""
    print(f"{model:17} {label:38} {exact:9.4g} {mean:9.4g} {(mean - exact) / error:+6.1f}{note}")

# %% [markdown]
# **To go on:** `collapse simulate mixture --start one-blob`, `collapse simulate ngram --keep 0.1`,
# `collapse simulate vae --data FILE.csv --latent 2`; `collapse verify D05 --mutants` sets wrong
# laws beside the right one; the notebook `your-own` does all this to a model of yours.
