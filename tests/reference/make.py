"""Makes the golden vectors beside it: invented, seeded data, and what named packages calculate from them.

Run it by tests/reference/make. Nothing here imports or runs Canvass: `canvass verify tests/reference/vectors` then
calculates the same from the inputs and compares.
"""

import json
import math
import pathlib
import sys
from importlib.metadata import version

import numpy as np
from scipy import stats

FOLDER = pathlib.Path(__file__).parent / "vectors"


def plain(value):
    """The value as JSON has it: no numpy types, and null for what is not a number."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(value)
    return value


def write(name, method, packages, fields, tolerance=1e-9):
    """Writes one vector; the packages are named, or given with their versions."""
    made = packages if isinstance(packages, dict) else {package: version(package) for package in packages}
    head = {"method": method, "produced_by": made, "tolerance": tolerance}
    text = json.dumps(plain(head | fields), separators=(",", ":")).replace("},{", "},\n{") + "\n"
    (FOLDER / f"{name}.json").write_text(text)


def intervals(rng):
    from statsmodels.stats.proportion import proportion_confint

    def two_sided(k, n, alpha):
        names = {"wilson": "wilson", "clopper_pearson": "beta", "jeffreys": "jeffreys", "agresti_coull": "agresti_coull", "normal": "normal"}
        case = {"k": k, "n": n, "alpha_two_sided": alpha}
        return case | {name: [float(end) for end in proportion_confint(k, n, alpha, method)] for name, method in names.items()}

    def one_sided(k, n, tau):
        z = (k / n - tau) / math.sqrt(tau * (1 - tau) / n)
        return {
            "k": k, "n": n, "tau": tau,
            "p_exact_greater": stats.binomtest(k, n, tau, alternative="greater").pvalue,
            "cp_lower_one_sided_05": 0.0 if k == 0 else stats.beta.ppf(0.05, k, n - k + 1),
            "z_score": z, "p_score_greater": stats.norm.sf(z),
        }

    def korn_graubard(share, n):
        k = share * n
        return {
            "p_hat": share, "n_eff": n,
            "kg_lower_05": stats.beta.ppf(0.05, k, n - k + 1), "kg_upper_05": stats.beta.ppf(0.95, k + 1, n - k),
            "p_value_tau_0.5": stats.beta.cdf(0.5, k, n - k + 1),
        }

    pairs = [(0, 25), (25, 25), (1, 12), (6, 12), (40, 61), (333, 1000), (9_001, 12_000)]
    write("intervals", "intervals", ["statsmodels", "scipy"], {
        "cases": [two_sided(k, n, alpha) for k, n in pairs for alpha in (0.05, 0.2, 0.001)],
        "one_sided": [one_sided(k, n, tau) for k, n in pairs for tau in (0.3, 0.5, 0.75)],
        "korn_graubard_noninteger": [korn_graubard(round(share, 3), round(n, 1)) for share, n in zip(rng.uniform(0.1, 0.9, 6), rng.uniform(12, 400, 6))],
    })


def multiple(rng):
    from statsmodels.stats.multitest import multipletests

    names = {"bonferroni": "bonferroni", "holm": "holm", "simes-hochberg": "simes-hochberg", "fdr_bh": "fdr_bh", "fdr_by": "fdr_by"}

    def case(p):
        ordered = np.sort(p)
        simes = min(1.0, float(np.min(len(p) * ordered / np.arange(1, len(p) + 1))))
        return {"p": p} | {name: multipletests(p, method=method)[1] for name, method in names.items()} | {"simes_global_p": simes}

    cases = [list(rng.uniform(0, 1, 12) ** 3), [0.04, 0.04, 0.04], [1.0, 0.2], list(10.0 ** -rng.uniform(1, 40, 8))]
    write("multiple_testing", "multiple_testing", ["statsmodels"], {"cases": [case(p) for p in cases]})


def heterogeneity(rng):
    from statsmodels.stats.contingency_tables import cochrans_q
    from statsmodels.stats.proportion import confint_proportions_2indep

    def contingency(table):
        pearson = stats.chi2_contingency(table, correction=False)
        ratio = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
        return {"table": table, "pearson_chi2": pearson.statistic, "df": pearson.dof, "p": pearson.pvalue, "G2": ratio.statistic,
                "p_G": ratio.pvalue, "cramers_v": math.sqrt(pearson.statistic / np.sum(table))}

    def two(k1, n1, k2, n2):
        pooled = (k1 + k2) / (n1 + n2)
        z = (k1 / n1 - k2 / n2) / math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
        return {"k1": k1, "n1": n1, "k2": k2, "n2": n2, "z": z,
                "newcombe_ci": confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff"),
                "fisher_two_sided": stats.fisher_exact([[k1, n1 - k1], [k2, n2 - k2]]).pvalue}

    tables = [rng.integers(5, 200, (4, 2)).tolist() for _ in range(3)]
    answers = (rng.uniform(size=(60, 4)) < [0.3, 0.5, 0.6, 0.9]).astype(int)
    q = cochrans_q(answers)
    write("heterogeneity", "heterogeneity", ["scipy", "statsmodels"], {
        "contingency": [contingency(table) for table in tables],
        "cochrans_q": {"binary_subjects_by_items": answers, "Q": q.statistic, "df": answers.shape[1] - 1, "p": q.pvalue},
        "two_proportions": [two(3, 15, 40, 90), two(120, 130, 80, 100), two(9, 10, 1, 10)],
    })


def agreement(rng):
    import krippendorff
    from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa

    truth = rng.integers(1, 6, 20)
    coders = np.clip(truth + rng.integers(-1, 2, (3, 20)), 1, 5).astype(float)
    coders[rng.uniform(size=coders.shape) < 0.15] = np.nan
    domain = [1, 2, 3, 4, 5]
    of = lambda level: krippendorff.alpha(reliability_data=coders, value_domain=domain, level_of_measurement=level)
    subjects = np.clip(rng.integers(0, 4, (12, 1)) + rng.integers(0, 2, (12, 8)), 0, 3)
    counts, _ = aggregate_raters(subjects, n_cat=4)
    square = [[18, 4, 1], [3, 22, 6], [0, 5, 11]]
    kappa = lambda kind: cohens_kappa(square, wt=kind).kappa
    write("interrater_agreement", "interrater_agreement", ["krippendorff", "statsmodels"], {
        "krippendorff": {"coders_by_units": coders, "value_domain": domain, "nominal": of("nominal"), "ordinal": of("ordinal"), "interval": of("interval")},
        "fleiss": {"table": counts, "kappa": fleiss_kappa(counts)},
        "cohen": {"table": square, "kappa": kappa(None), "weighted_linear": kappa("linear"), "weighted_quadratic": kappa("quadratic")},
    })


def polarisation(rng):
    def van_der_eijk(counts):
        left, k, total = np.array(counts, float), len(counts), sum(counts)
        value = 0.0
        while left.sum() > 0:
            on = left > 0
            height = left[on].min()
            triples = [(on[i], on[j], on[l]) for i in range(k) for j in range(i + 1, k) for l in range(j + 1, k)]
            tu = sum(t in ((True, True, False), (False, True, True)) for t in triples)
            tdu = sum(t == (True, False, True) for t in triples)
            u = ((k - 2) * tu - (k - 1) * tdu) / ((k - 2) * (tu + tdu)) if tu + tdu else 1.0
            value += height * on.sum() / total * u * (1 - (on.sum() - 1) / (k - 1))
            left[on] -= height
        return value

    def case(counts):
        k, n = len(counts), sum(counts)
        answers = np.repeat(np.arange(1, k + 1), counts)
        p, mean = np.array(counts) / n, answers.mean()
        spread = answers.std() > 0
        skew, kurtosis = (stats.skew(answers, bias=False), stats.kurtosis(answers, bias=False)) if spread else (0, 0)
        on_nine = 1 + 8 * (answers - 1) / (k - 1)
        p30, p70 = np.quantile(on_nine, [0.3, 0.7])
        top, bottom = p[-2:].sum(), p[:2].sum()
        a = van_der_eijk(counts)
        distance = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
        return {
            "counts": counts, "van_der_eijk_A": a, "polarization_(1-A)/2": (1 - a) / 2,
            "tastle_wierman_consensus": 1 + sum(q * math.log2(1 - abs(x - mean) / (k - 1)) for x, q in zip(range(1, k + 1), p) if q > 0),
            "esteban_ray_alpha1.3_unit_spacing": float((p**2.3) @ distance @ p),
            "bimodality_coefficient": (skew**2 + 1) / (kurtosis + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))) if spread else None,
            "mean": mean, "sd_sample": answers.std(ddof=1), "top2_box": top, "bottom2_box": bottom, "net_support": top - bottom,
            "iqr": np.subtract(*np.quantile(answers, [0.75, 0.25])), "top_share": p.max(),
            "disagreement_index": (p70 - p30) / (2.35 + 1.5 * abs(5 - (p30 + p70) / 2)),
        }

    shapes = [rng.integers(0, 90, 5).tolist(), rng.integers(0, 90, 7).tolist(), [40, 2, 0, 3, 55], [0, 0, 0, 12], rng.integers(1, 30, 9).tolist(), [7, 0, 0, 0, 9, 0]]
    write("polarisation_likert", "polarisation_likert", ["numpy", "scipy"], {"cases": [case(counts) for counts in shapes]})


def rankings(rng):
    from pref_voting import margin_based_methods as margins
    from pref_voting.profiles import Profile
    from pref_voting.scoring_methods import borda
    from pref_voting.c1_methods import copeland
    from pref_voting.iterative_methods import instant_runoff
    from pref_voting.voting_method import VotingMethod  # noqa: F401

    def profile(options, kinds, most, strengths):
        orders = {}
        for _ in range(kinds):
            order = tuple(int(x) for x in np.argsort(-(strengths + rng.gumbel(size=options))))
            orders[order] = orders.get(order, 0) + int(rng.integers(1, most))
        ranked, counts = [list(order) for order in orders], list(orders.values())
        prof = Profile(ranked, rcounts=counts)
        support = [[int(prof.support(a, b)) if a != b else 0 for b in range(options)] for a in range(options)]
        paths = [[support[a][b] if support[a][b] > support[b][a] else 0 for b in range(options)] for a in range(options)]
        for via in range(options):
            for a in range(options):
                for b in range(options):
                    if len({a, b, via}) == 3:
                        paths[a][b] = max(paths[a][b], min(paths[a][via], paths[via][b]))
        return {
            "rankings": ranked, "counts": counts, "pairwise_support": support,
            "schulze_strongest_paths_winning_votes": paths,
            "schulze_ranking_wins": [sum(paths[a][b] > paths[b][a] for b in range(options)) for a in range(options)],
            "borda_scores": {a: int(score) for a, score in prof.borda_scores().items()},
            "plurality_scores": {a: int(score) for a, score in prof.plurality_scores().items()},
            "winners": {
                "borda": borda(prof), "schulze": margins.beat_path(prof), "ranked_pairs": margins.ranked_pairs(prof),
                "copeland": copeland(prof), "minimax": margins.minimax(prof), "irv": instant_runoff(prof),
                "condorcet_winner": prof.condorcet_winner(),
            },
        }

    flat = lambda options: np.zeros(options)
    write("ranked_choice", "ranked_choice", ["pref_voting"], {"profiles": [
        profile(4, 6, 4, flat(4)), profile(5, 9, 6, flat(5)), profile(6, 40, 12, np.linspace(1, 0, 6)), profile(4, 4, 3, flat(4)),
        profile(3, 3, 2, flat(3)), profile(5, 5, 2, flat(5)),
    ]})


def approval(rng):
    approved = [np.flatnonzero(row).tolist() for row in rng.uniform(size=(80, 5)) < [0.7, 0.5, 0.4, 0.6, 0.1]]
    scored = np.clip(np.round(rng.normal([3, 3.2, 1, 2.5], 1.3, (90, 4))), 0, 5).astype(int)
    totals = scored.sum(axis=0)
    first, second = (int(x) for x in np.argsort(-totals)[:2])
    more, fewer = int((scored[:, first] > scored[:, second]).sum()), int((scored[:, first] < scored[:, second]).sum())
    write("approval_score_star", "approval_score_star", ["numpy"], {
        "approval_ballots": approved, "approval_counts": [sum(option in ballot for ballot in approved) for option in range(5)],
        "score_ballots_0_5": scored, "score_totals": totals, "score_means": scored.mean(axis=0),
        "star": {"finalists": [first, second], "prefer_first": more, "prefer_second": fewer, "equal": len(scored) - more - fewer,
                 "winner": first if more >= fewer else second},
    })


def equal_shares(rng):
    from pabutools.election import ApprovalBallot, ApprovalProfile, Cardinality_Sat, Cost_Sat, Instance, Project
    from pabutools.rules import completion_by_rule_combination, exhaustion_by_budget_increase, greedy_utilitarian_welfare  # noqa: F401
    from pabutools.rules import method_of_equal_shares

    voters, budget = 40, 1_000
    costs = [120, 340, 90, 410, 260, 75, 180]
    likes = rng.uniform(size=(voters, len(costs))) < [0.6, 0.35, 0.5, 0.3, 0.45, 0.25, 0.4]
    projects = [Project(f"p{number}", cost) for number, cost in enumerate(costs)]
    instance = Instance(projects, budget_limit=budget)
    profile = ApprovalProfile([ApprovalBallot(projects[at] for at in np.flatnonzero(row)) for row in likes])
    approvals = [np.flatnonzero(likes[:, at]).tolist() for at in range(len(costs))]
    expected = {}
    for name, sat in (("cost", Cost_Sat), ("card", Cardinality_Sat)):
        plain_result = method_of_equal_shares(instance, profile, sat_class=sat)
        # Everyone's part is raised by one unit at a time for as long as the outcome fits the budget.
        last, raises = plain_result, 0
        while len(last) < len(projects):
            richer = Instance(projects, budget_limit=budget + (raises + 1) * voters)
            more = method_of_equal_shares(richer, profile, sat_class=sat)
            if sum(project.cost for project in more) > budget:
                break
            last, raises = more, raises + 1
        cost = lambda chosen: float(sum(project.cost for project in chosen))
        expected[name] = {
            "plain": [project.name for project in plain_result], "plain_cost": cost(plain_result), "add1_increments": raises,
            "add1": sorted(project.name for project in last), "add1_cost": cost(last),
        }
    chosen, spent = [], 0
    for at in sorted(range(len(costs)), key=lambda at: -len(approvals[at])):
        if spent + costs[at] <= budget:
            chosen, spent = chosen + [f"p{at}"], spent + costs[at]
    write("equal_shares", "equal_shares", ["pabutools"], {
        "projects": [{"id": f"p{at}", "cost": float(cost), "votes": len(approvals[at])} for at, cost in enumerate(costs)],
        "budget": float(budget), "n_voters": voters, "approvals_by_project_voter_index": approvals,
        "expected": expected | {"greedy_by_votes": sorted(chosen)},
    })


def bootstrap(rng):
    ones, n = 190, 640
    answers = np.repeat([1.0, 0.0], [ones, n - ones])
    of = lambda method: stats.bootstrap((answers,), np.mean, n_resamples=9_999, method=method, rng=rng)
    percentile, bca = of("percentile"), of("BCa")
    share = ones / n
    write("bootstrap", "bootstrap", ["scipy"], {
        "data": {"ones": ones, "n": n}, "percentile_95": list(percentile.confidence_interval), "bca_95": list(bca.confidence_interval),
        "se": percentile.standard_error, "analytic_se": math.sqrt(share * (1 - share) / n),
    }, tolerance=0.004)


def best_worst(rng):
    from scipy.optimize import minimize

    options, utilities = 6, np.array([1.0, 0.4, 0.1, -0.2, -0.5, -0.8])
    tasks = []
    for person in range(40):
        for _ in range(4):
            shown = rng.choice(options, 4, replace=False).tolist()
            best = max(shown, key=lambda option: utilities[option] + rng.gumbel())
            worst = min((option for option in shown if option != best), key=lambda option: utilities[option] - rng.gumbel())
            tasks.append([person, shown, best, worst])
    count = lambda at: np.array([float(sum(at(task, option) for task in tasks)) for option in range(options)])
    shown, best, worst = count(lambda t, o: o in t[1]), count(lambda t, o: t[2] == o), count(lambda t, o: t[3] == o)
    score = (best - worst) / shown

    def loss(free):
        u = np.append(free, -free.sum())
        total = 0.0
        for _, among, first, last in tasks:
            total += np.log(np.exp(u[among]).sum()) - u[first]
            rest = [option for option in among if option != first]
            total += np.log(np.exp(-u[rest]).sum()) + u[last]
        return total

    fit = minimize(loss, np.zeros(options - 1), method="BFGS", options={"gtol": 1e-7})
    write("maxdiff", "maxdiff", ["numpy", "scipy"], {
        "tasks": tasks, "task_format": "[respondent,[shown options],best,worst]", "appearances": shown, "best": best, "worst": worst,
        "bw_score": score, "analytic_logit_ln((1+bw)/(1-bw))": np.log((1 + score) / (1 - score)),
        "mnl_sequential_best_worst_utilities_sum0": np.append(fit.x, -fit.x.sum()), "mnl_loglik": -fit.fun, "mnl_tolerance": 1e-4,
    })


def pairs(rng):
    import choix

    options, strength = 6, np.array([0.9, 0.5, 0.1, -0.1, -0.5, -0.9])
    comparisons = []
    for _ in range(180):
        a, b = (int(x) for x in rng.choice(options, 2, replace=False))
        comparisons.append([a, b] if rng.uniform() < 1 / (1 + math.exp(strength[b] - strength[a])) else [b, a])
    wins, losses = (np.array([float(sum(pair[side] == option for pair in comparisons)) for option in range(options)]) for side in (0, 1))
    pairs = [tuple(pair) for pair in comparisons]
    mle = choix.opt_pairwise(options, pairs, alpha=0.0, method="Newton-CG", tol=1e-12)
    ridge = choix.opt_pairwise(options, pairs, alpha=0.1, method="Newton-CG", tol=1e-12)
    mle, ridge = mle - mle.mean(), ridge - ridge.mean()
    chance = 1 / (1 + np.exp(mle[None, :] - mle[:, None]))
    write("pairwise_wiki_survey", "pairwise_wiki_survey", ["choix"], {
        "pairs_winner_loser": comparisons, "wins": wins, "losses": losses,
        "laplace_score_100(w+1)/(w+l+2)": 100 * (wins + 1) / (wins + losses + 2),
        "bradley_terry_mle_sum0": mle, "bt_ridge_alpha0.1": ridge, "bt_tolerance": 1e-6,
        "mean_predicted_win_prob": 100 * (chance.sum(axis=1) - 0.5) / (options - 1),
    })


def delphi(rng):
    from statsmodels.stats.contingency_tables import mcnemar

    def rand_ucla(ratings):
        q1, p30, median, p70, q3 = np.quantile(ratings, [0.25, 0.3, 0.5, 0.7, 0.75])
        centre = (p30 + p70) / 2
        ipras = 2.35 + 1.5 * abs(5 - centre)
        share = lambda low, high: float(np.mean([low <= rating <= high for rating in ratings]))
        return {"scale": [1, 9], "ratings": ratings, "median": median, "q1": q1, "q3": q3, "iqr": q3 - q1, "p30": p30, "p70": p70,
                "ipr": p70 - p30, "iprcp": centre, "asymmetry_index": abs(5 - centre), "ipras": ipras, "disagreement": p70 - p30 > ipras,
                "disagreement_index": (p70 - p30) / ipras, "pct_7_9": share(7, 9), "pct_1_3": share(1, 3),
                "appropriate_no_disagreement": median >= 7 and p70 - p30 <= ipras}

    before = rng.integers(1, 10, 30)
    after = np.clip(before + rng.choice([-2, -1, 0, 0, 1, 1, 2], 30), 1, 9)
    test = stats.wilcoxon(before, after, zero_method="wilcox", correction=False, method="approx")
    table = [[20, 9], [17, 4]]
    exact, corrected, simple = mcnemar(table, exact=True), mcnemar(table, exact=False, correction=True), mcnemar(table, exact=False, correction=False)
    ratings = rng.integers(1, 6, (7, 8))
    ranks = np.array([stats.rankdata(row) for row in ratings])
    m, k = ranks.shape
    ties = sum(t**3 - t for row in ratings for t in np.unique(row, return_counts=True)[1])
    sums = ranks.sum(axis=0)
    w = 12 * ((sums - sums.mean()) ** 2).sum() / (m**2 * (k**3 - k) - m * ties)
    friedman = stats.friedmanchisquare(*ratings.T)
    write("delphi", "delphi", ["numpy", "scipy", "statsmodels"], {
        "rand_ucla": [rand_ucla(rng.integers(low, high, size).tolist()) for low, high, size in ((1, 10, 12), (6, 10, 9), (1, 4, 15))] + [rand_ucla([1] * 5 + [9] * 5)],
        "wilcoxon_stability": {"round1": before, "round2": after, "n_nonzero": int((before != after).sum()), "statistic": test.statistic, "p_approx_no_cc": test.pvalue},
        "mcnemar": {"table": table, "exact_p": exact.pvalue, "chi2_cc": corrected.statistic, "p_cc": corrected.pvalue, "chi2": simple.statistic, "p": simple.pvalue},
        "kendalls_w": {"ratings_raters_by_items": ratings, "W_tie_corrected": w, "chi2": friedman.statistic, "df": k - 1, "p": friedman.pvalue},
    })


def verdicts(rng):
    import classifier

    write("consensus_classifier", "consensus_classifier", ["scipy", "statsmodels"], classifier.vector(rng))


def raking(rng):
    import others

    packages, vector = others.raking(rng)
    write("raking", "raking", packages, vector, tolerance=1e-6)


def weighted(rng):
    import others

    write("weighted_estimates", "weighted_estimates", ["numpy", "samplics", "scipy"], others.weighted(rng))


def polis(rng):
    import others

    write("polis_micro", "polis_micro", ["numpy"], others.polis(rng))


def disclosure(rng):
    import others

    write("disclosure_control", "disclosure_control", ["scipy"], others.disclosure(rng), tolerance=1e-6)


MAKERS = [intervals, multiple, heterogeneity, agreement, polarisation, rankings, approval, equal_shares, bootstrap, best_worst, pairs, delphi, verdicts, raking, weighted, polis, disclosure]


def main():
    FOLDER.mkdir(exist_ok=True)
    wanted = sys.argv[1:]
    for number, make in enumerate(MAKERS):
        if not wanted or make.__name__ in wanted:
            make(np.random.default_rng(20_250_000 + number))
            print(f"{make.__name__} made")


if __name__ == "__main__":
    main()
