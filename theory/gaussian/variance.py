"""The law of the fitted variance: its moments of every order, and the mean standard deviation."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import PREVIOUS as BEFORE
from theory.derivation import (
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Premise,
    Telescoping,
)
from theory.domain import (
    DEVIATION,
    ESTIMATOR,
    GENERATIONS,
    SAMPLES,
    Condition,
    Domain,
    Kind,
    Parameter,
)
from theory.loggamma import ImaginaryLogGamma, RealLogGamma

SAMPLES_FROM_TWO = SAMPLES.at_least(2)
ORDER = Parameter("t", s.t, "order of the moment of sigma_n^2", Kind.REAL)
MOMENT_EXISTS = Condition(-(s.M - 1) / 2, s.t)
FREQUENCY = Parameter(
    "omega", s.omega, "frequency of the cosine of ln sigma_n^2", Kind.REAL, 0, low_open=True
)

REFITTING = Premise(
    "refitting",
    "Given (mu_n, sigma_n), M independent points are drawn from N(mu_n, sigma_n^2); their mean "
    "and their variance (divisor M - 1, or M for the MLE) are mu_{n+1} and sigma_{n+1}^2. D_0 is "
    "N(mu, sigma^2).",
)


def chi_square_moment(divisor: sp.Expr) -> sp.Expr:
    """Return E[Y^t] for Y = chi-square with M - 1 degrees of freedom, over a divisor."""
    return (2 / divisor) ** s.t * sp.RisingFactorial((s.M - 1) / 2, s.t)


def chi_square_cosine(divisor: sp.Expr) -> sp.Expr:
    """Return E cos(omega ln(Y_1 ... Y_n)): the real part of E[Y^t]^n at t = i omega."""
    shape = (s.M - 1) / 2
    size = RealLogGamma(shape, s.omega) - sp.log(sp.gamma(shape))
    angle = ImaginaryLogGamma(shape, s.omega) + s.omega * sp.log(2 / divisor)
    return sp.exp(s.n * size) * sp.cos(s.n * angle)


MOMENT = s.sigma ** (2 * s.t) * chi_square_moment(s.M - 1) ** s.n
MOMENT_MLE = s.sigma ** (2 * s.t) * chi_square_moment(s.M) ** s.n
COSINE = chi_square_cosine(s.M - 1)
COSINE_MLE = chi_square_cosine(s.M)
MEAN_DEVIATION = s.sigma * s.c4(s.M) ** s.n
MEAN_DEVIATION_MLE = s.sigma * (s.c4(s.M) * sp.sqrt(1 - 1 / s.M)) ** s.n

EXAMPLE_DOMAIN = Domain((SAMPLES_FROM_TWO, GENERATIONS, DEVIATION))


def derive_variance_law() -> Derivation:
    """Return the derivation of the moments of sigma_n^2."""
    domain = Domain((SAMPLES_FROM_TWO, ORDER), (MOMENT_EXISTS,))
    steps: list[Identity | Induction | Citation] = [
        Citation(
            "one fit",
            "Given (mu_n, sigma_n): (M - 1) s^2 / sigma_n^2 is chi-square with M - 1 degrees of "
            "freedom, the same law in every generation, so sigma_n^2 = sigma^2 Y_1 ... Y_n with "
            "independent Y_k.",
            "Cochran's theorem",
            "Cochran 1934, Proc. Camb. Phil. Soc. 30, 178-191",
            (Hypothesis("the points are independent and normal", "refitting"),),
        ),
    ]
    for divisor, law, label in ((s.M - 1, MOMENT, "moment"), (s.M, MOMENT_MLE, "moment/mle")):
        suffix = label.removeprefix("moment")
        steps += [
            Identity(
                f"one factor{suffix}",
                "Integration by parts in Euler's integral raises the order by one: "
                "E[Y^(t+1)] = (2 t + M - 1) / divisor E[Y^t].",
                chi_square_moment(divisor).subs(s.t, s.t + 1),
                (2 * s.t + s.M - 1) / divisor * chi_square_moment(divisor),
                domain,
            ),
            Induction(
                f"product{suffix}",
                "Independent factors: the moments multiply.",
                s.n,
                s.sigma ** (2 * s.t),
                chi_square_moment(divisor) * BEFORE,
                law,
                Domain((*EXAMPLE_DOMAIN.parameters, ORDER), (MOMENT_EXISTS,)),
                concludes=(label,),
            ),
        ]
    return Derivation((REFITTING,), (*steps, *imaginary_order()))


def imaginary_order() -> tuple[Identity | Citation, ...]:
    """Return the steps from moments of real order to those of order i omega."""
    shape = (s.M - 1) / 2
    raised = Identity(
        "one factor, imaginary order",
        "The rise of the order by one, in absolute value, at the order i omega.",
        RealLogGamma(shape + 1, s.omega) - RealLogGamma(shape, s.omega),
        sp.log(shape**2 + s.omega**2) / 2,
        Domain((SAMPLES_FROM_TWO, FREQUENCY)),
    )
    return (
        raised,
        *(
            Citation(
                f"cosine{suffix}",
                "Both sides of the moments are analytic in t where the real part of t exceeds "
                "-(M-1)/2, so they agree at t = i omega; the real part is the mean cosine.",
                "identity theorem for analytic functions",
                "Rudin, Real and Complex Analysis, theorem 10.18",
                (
                    Hypothesis("both sides agree on an interval of real t", f"product{suffix}"),
                    Hypothesis("the moments are finite, on both sides of 0", f"product{suffix}"),
                ),
                gives=law,
                concludes=(f"cosine{suffix}",),
            )
            for suffix, law in (("", COSINE), ("/mle", COSINE_MLE))
        ),
    )


VARIANCE_LAW = Claim(
    code="B01",
    id="gaussian.variance-law",
    title="The fitted variance is a product of independent chi-squares",
    statement=(
        "After n refits sigma_n^2 / sigma^2 is the product of n independent chi-square variables "
        "with M - 1 degrees of freedom, each divided by M - 1 (by M for the MLE); its moments of "
        "every real order t > -(M-1)/2 follow."
    ),
    quantities=(
        Quantity(
            "moment",
            "moment of order t of the fitted variance",
            r"\mathbb{E}[\sigma_n^{2t}]",
            Relation.EQUALS,
            MOMENT,
            MOMENT_MLE,
        ),
        Quantity(
            "cosine",
            "mean cosine of the log-variance at the frequency omega",
            r"\mathbb{E}\cos(\omega \ln(\sigma_n^2/\sigma^2))",
            Relation.EQUALS,
            COSINE,
            COSINE_MLE,
        ),
    ),
    domain=Domain(
        (SAMPLES_FROM_TWO, GENERATIONS, ORDER, FREQUENCY, DEVIATION, ESTIMATOR), (MOMENT_EXISTS,)
    ),
    sources=(
        Source("Cochran 1934", "one fit"),
        Source("Shumailov et al. 2023, arXiv:2305.17493v3", "equation (3)"),
    ),
    derive=derive_variance_law,
)


def derive_variance_moments() -> Derivation:
    """Return the derivation of mean and variance of sigma_n^2."""
    mean, mean_mle = s.sigma**2, s.sigma**2 * (1 - 1 / s.M) ** s.n
    return Derivation(
        (REFITTING,),
        [
            Identity(
                f"{name}",
                text,
                left,
                right,
                EXAMPLE_DOMAIN,
                concludes=(name,),
                uses=("B01",),
            )
            for name, text, left, right in (
                ("mean", "Order 1.", MOMENT.subs(s.t, 1), mean),
                ("mean/mle", "Order 1.", MOMENT_MLE.subs(s.t, 1), mean_mle),
                (
                    "variance",
                    "Order 2 less the square of order 1.",
                    MOMENT.subs(s.t, 2) - MOMENT.subs(s.t, 1) ** 2,
                    VARIANCE_OF_VARIANCE,
                ),
                (
                    "variance/mle",
                    "Order 2 less the square of order 1.",
                    MOMENT_MLE.subs(s.t, 2) - MOMENT_MLE.subs(s.t, 1) ** 2,
                    VARIANCE_OF_VARIANCE_MLE,
                ),
            )
        ],
    )


VARIANCE_OF_VARIANCE = s.sigma**4 * ((1 + 2 / (s.M - 1)) ** s.n - 1)
VARIANCE_OF_VARIANCE_MLE = s.sigma**4 * ((1 - 1 / s.M**2) ** s.n - (1 - 1 / s.M) ** (2 * s.n))

VARIANCE_MOMENTS = Claim(
    code="B02",
    id="gaussian.variance-moments",
    title="The mean fitted variance stays (unbiased) or decays (MLE); its spread explodes",
    statement=(
        "With the unbiased estimator the mean of sigma_n^2 never moves while its variance grows "
        "geometrically; with the MLE the mean decays by 1 - 1/M a generation."
    ),
    quantities=(
        Quantity(
            "mean",
            "mean fitted variance",
            r"\mathbb{E}[\sigma_n^2]",
            Relation.EQUALS,
            s.sigma**2,
            s.sigma**2 * (1 - 1 / s.M) ** s.n,
        ),
        Quantity(
            "variance",
            "variance of the fitted variance",
            r"\operatorname{Var}\sigma_n^2",
            Relation.EQUALS,
            VARIANCE_OF_VARIANCE,
            VARIANCE_OF_VARIANCE_MLE,
        ),
    ),
    domain=Domain((SAMPLES_FROM_TWO, GENERATIONS, DEVIATION, ESTIMATOR)),
    sources=(Source("classical; Shumailov et al. 2023, arXiv:2305.17493v3", "section 4.2"),),
    derive=derive_variance_moments,
)


def derive_deviation_decay() -> Derivation:
    """Return the derivation of E[sigma_n] = sigma c4^n, with c4 < 1 for every M."""
    log_gap = sp.log(sp.gamma(s.x)) + sp.log(s.x) / 2 - sp.log(sp.gamma(s.x + sp.Rational(1, 2)))
    half = sp.Rational(1, 2)
    return Derivation(
        (REFITTING,),
        (
            Identity(
                "order one half",
                "The moment of order 1/2.",
                MOMENT.subs(s.t, half),
                MEAN_DEVIATION,
                EXAMPLE_DOMAIN,
                concludes=("mean",),
                uses=("B01",),
            ),
            Identity(
                "order one half/mle",
                "The same with divisor M.",
                MOMENT_MLE.subs(s.t, half),
                MEAN_DEVIATION_MLE,
                EXAMPLE_DOMAIN,
                concludes=("mean/mle",),
                uses=("B01",),
            ),
            Telescoping(
                "below one",
                "-ln c4 > 0 at every real x = (M-1)/2 > 0: the mean standard deviation decays "
                "geometrically, for every M >= 2.",
                s.x,
                log_gap,
                sp.log(s.x + half) - sp.log(s.x) / 2 - sp.log(s.x + 1) / 2,
            ),
        ),
    )


DEVIATION_DECAY = Claim(
    code="B03",
    id="gaussian.deviation-decay",
    title="The mean fitted standard deviation decays by c4(M) < 1 a generation",
    statement=(
        "Every refit multiplies the mean standard deviation by c4(M) = 1 - 1/(4M) - ... < 1, "
        "although the unbiased variance keeps its mean."
    ),
    quantities=(
        Quantity(
            "mean",
            "mean fitted standard deviation",
            r"\mathbb{E}[\sigma_n]",
            Relation.EQUALS,
            MEAN_DEVIATION,
            MEAN_DEVIATION_MLE,
        ),
    ),
    domain=Domain((SAMPLES_FROM_TWO, GENERATIONS, DEVIATION, ESTIMATOR)),
    sources=(
        Source("classical c4"),
        Source("Bertrand et al. 2024, arXiv:2310.00429", "single Gaussians"),
    ),
    derive=derive_deviation_decay,
)


CLAIMS = (VARIANCE_LAW, VARIANCE_MOMENTS, DEVIATION_DECAY)
