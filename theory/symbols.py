"""Every symbol of the theory with its meaning, declared once.

One letter, one meaning, in every claim:

M        samples drawn per generation
sizes    the schedule M_0, M_1, ... when the number changes; sizes[i] leads to generation i + 1
n        generations of "fit, then draw again"; generation 0 is the real law
p        starting law over categories, p[1] ... p[K]
q        starting probability of one category
H0       Gini-Simpson diversity 1 - sum p_i^2 of the starting law
sigma    standard deviation of the starting law D_0
trace    trace of the covariance of D_0
det      determinant of the covariance of D_0
a0, b0   trace of the square, and square of the trace, of the covariance of D_0
root     trace of the root of the covariance of D_0
r        rank of the covariance of D_0
kappa    partition k_1 >= k_2 >= ... of a degree, K parts
c0       zonal polynomial of the covariance of D_0
e        elementary symmetric function of the eigenvalues of the covariance of D_0
d        dimensions
t        order of a moment
omega    frequency of a cosine transform
tau      time in units of M generations
g        share of fresh real data
lambda   expected draws M q of a rare category
m_r      real points of each batch
m_s      synthetic points of each batch
N        points of a pool
N0       points of the pool before the first round
l        eigenvalues of the covariance of D_0, l[1] >= ... >= l[d]
c        starting counts over categories, c[1] ... c[K]
A        pseudo-counts in all
w        starting weight of a component of a mixture
V        starting variance of a component of a mixture
total    total variance of a mixture: inside the components and between them
floor    what a fit adds to the total variance
toward   q[1] ... q[K], the law that pseudo-counts follow
b        exponent: of a Zipf law, p_i proportional to i^(-b), or of sharpening, p_i to p_i^b
"""

import sympy as sp

M = sp.Symbol("M", integer=True, positive=True)
n = sp.Symbol("n", integer=True, nonnegative=True)
K = sp.Symbol("K", integer=True, positive=True)
d = sp.Symbol("d", integer=True, positive=True)
k = sp.Symbol("k", integer=True, positive=True)
i = sp.Symbol("i", integer=True)
j = sp.Symbol("j", integer=True)
q = sp.Symbol("q", positive=True)
t = sp.Symbol("t", real=True)
omega = sp.Symbol("omega", positive=True)
tau = sp.Symbol("tau", positive=True)
g = sp.Symbol("g", nonnegative=True)
rate = sp.Symbol("lambda", positive=True)
b = sp.Symbol("b", positive=True)
m_r = sp.Symbol("m_r", integer=True, nonnegative=True)
m_s = sp.Symbol("m_s", integer=True, nonnegative=True)
N = sp.Symbol("N", integer=True, positive=True)
N0 = sp.Symbol("N0", integer=True, positive=True)
A = sp.Symbol("A", positive=True)
x = sp.Symbol("x", positive=True)
w = sp.Symbol("w", nonnegative=True)
V = sp.Symbol("V", positive=True)
total = sp.Symbol("total", positive=True)
floor = sp.Symbol("floor", nonnegative=True)
H0 = sp.Symbol("H0", nonnegative=True)
sigma = sp.Symbol("sigma", positive=True)
trace = sp.Symbol("trace", positive=True)
det = sp.Symbol("det", positive=True)
a0 = sp.Symbol("a0", positive=True)
b0 = sp.Symbol("b0", positive=True)
trace_of_root = sp.Symbol("root", positive=True)
e = sp.Symbol("e", nonnegative=True)
c0 = sp.Symbol("c0", nonnegative=True)
r = sp.Symbol("r", integer=True, positive=True)
alpha = sp.Symbol("alpha", positive=True)
epsilon = sp.Symbol("epsilon", positive=True)

p = sp.IndexedBase("p", nonnegative=True)
kappa = sp.IndexedBase("kappa", integer=True, positive=True)
c = sp.IndexedBase("c", integer=True, positive=True)
eigenvalues = sp.IndexedBase("l", positive=True)
toward = sp.IndexedBase("q", nonnegative=True)
sizes = sp.IndexedBase("M", integer=True, positive=True)


def c4(samples: sp.Expr) -> sp.Expr:
    """Return E[s]/sigma for the unbiased standard deviation s of `samples` normal points.

    Source: classical; sqrt(2/(M-1)) Gamma(M/2) / Gamma((M-1)/2).
    """
    freedom = samples - 1
    return sp.sqrt(2 / freedom) * sp.gamma(samples / 2) / sp.gamma(freedom / 2)
