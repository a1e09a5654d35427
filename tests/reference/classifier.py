"""The verdicts on candidate interventions, written anew from docs/report.md and docs/methods.md with scipy and statsmodels."""

import math

from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

RULE = {"alpha": 0.05, "tau_overall": 0.7, "tau_segment": 0.5, "tau_polar": 0.3, "n_min_overall": 100, "n_min_segment": 50,
        "n_min_guard": 10, "delta": 0.1, "prec_overall": 0.05, "prec_segment": 0.2}


def exceeds(k, n, tau):
    return stats.binom.sf(k - 1, n, tau)


def below(k, n, tau):
    return stats.binom.cdf(k, n, tau)


def lower(k, n, alpha):
    return 0.0 if k == 0 else float(stats.beta.ppf(alpha, k, n - k + 1))


def wilson(k, n):
    return [float(end) for end in proportion_confint(k, n, 0.05, "wilson")]


def evidence(cells, rule):
    """Everything on one candidate before it is corrected for the others."""
    first = next(iter(cells.values())).values()
    support, oppose, n = (sum(cell[at] for cell in first) for at in range(3))
    groups = [(v, s, cell) for v, named in cells.items() for s, cell in named.items()]
    tested = [group for group in groups if group[2][2] >= rule["n_min_segment"]]
    guards = [group for group in groups if rule["n_min_guard"] <= group[2][2] < rule["n_min_segment"]]
    names = lambda some: [[v, s] for v, s, _ in some]
    of = {"n": n, "p_maj": exceeds(support, n, 0.5), "p_overall": exceeds(support, n, rule["tau_overall"]),
          "p_overall_opp": exceeds(oppose, n, rule["tau_overall"]), "n_tested_segments": len(tested)}
    enough = len(tested) >= 2
    worst = lambda at: max(exceeds(cell[at], cell[2], rule["tau_segment"]) for _, _, cell in tested)
    of["p_broad"] = max(of["p_overall"], worst(0)) if enough else 1.0
    of["p_broad_opp"] = max(of["p_overall_opp"], worst(1)) if enough else 1.0
    divided, het, target = [], {}, []
    for v in cells:
        mine = [group for group in tested if group[0] == v]
        m = len(mine)
        if m < 2:
            continue
        best = lambda at: m * min(exceeds(cell[at], cell[2], 0.5) for _, _, cell in mine)
        divided.append(max(best(0), best(1)))
        table = [[cell[0], cell[2] - cell[0]] for _, _, cell in mine]
        het[v] = stats.chi2_contingency(table, correction=False).pvalue
        for group in mine:
            k1, _, n1 = group[2]
            k2, n2 = (sum(cell[at] for _, s, cell in mine if s != group[1]) for at in (0, 2))
            pooled = (k1 + k2) / (n1 + n2)
            z = (k1 / n1 - k2 / n2) / math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
            alone, leads = m * exceeds(k1, n1, 0.5), m * stats.norm.sf(z)
            if alone <= rule["alpha"] and leads <= rule["alpha"] and k1 / n1 - k2 / n2 >= rule["delta"]:
                target.append(group)
    of["p_div_seg"] = min(1.0, len(divided) * min(divided)) if divided else 1.0
    of["p_div_all"] = max(exceeds(support, n, rule["tau_polar"]), exceeds(oppose, n, rule["tau_polar"]))
    of["p_div"] = min(1.0, 2 * min(of["p_div_seg"], of["p_div_all"]))
    of["het"] = dict(zip(het, (float(p) for p in multipletests(list(het.values()), method="holm")[1]))) if het else {}
    of["p_het"] = min(of["het"].values(), default=1.0)
    of["overall_ci"], of["overall_lcb"] = wilson(support, n), lower(support, n, rule["alpha"])
    if tested:
        bound, v, s = min((lower(cell[0], cell[2], rule["alpha"]), v, s) for v, s, cell in tested)
        of["min_segment"] = [bound, v, s]
    of["target"] = names(target)
    of["guard"] = names(g for g in guards if below(g[2][0], g[2][2], 0.5) <= rule["alpha"])
    of["guard_opp"] = names(g for g in guards if below(g[2][1], g[2][2], 0.5) <= rule["alpha"])
    # Not shown to exceed the threshold, once multiplied as Holm's procedure multiplies this candidate's broad test.
    of["failing"] = lambda factor: names(g for g in tested if factor * exceeds(g[2][0], g[2][2], rule["tau_segment"]) > rule["alpha"])
    half = lambda k, n: (wilson(k, n)[1] - wilson(k, n)[0]) / 2
    of["precise"] = of["overall_ci"][1] < 0.5 or (
        half(support, n) <= rule["prec_overall"] and all(half(c[0], c[2]) <= rule["prec_segment"] for _, _, c in tested))
    return of


def label(of, adj, rule):
    a = rule["alpha"]
    if of["n"] < rule["n_min_overall"] or of["n_tested_segments"] < 2:
        return "not_established", "too_few_respondents"
    if adj["p_div"] <= a:
        return "divisive", None
    if adj["p_broad"] <= a and not of["guard"]:
        return "broad_support", None
    if adj["p_broad_opp"] <= a and not of["guard_opp"]:
        return "broad_opposition", None
    if adj["p_het"] <= a and of["target"]:
        return "focused", None
    if adj["p_broad"] <= a or adj["p_broad_opp"] <= a:
        return "not_established", "small_segment_dissent"
    if adj["p_maj"] <= a:
        return "not_established", "majority_not_broad"
    return "not_established", "no_majority" if of["precise"] else "imprecise"


def classify(items, rule):
    all_of = [evidence(cells, rule) for cells in items]
    families = ["p_broad", "p_broad_opp", "p_div", "p_het", "p_maj"]
    adjusted = {family: multipletests([of[family] for of in all_of], method="holm")[1] for family in families}
    verdicts = []
    for number, of in enumerate(all_of):
        adj = {family: float(adjusted[family][number]) for family in families}
        of["failing"] = of["failing"](sum(other["p_broad"] >= of["p_broad"] for other in all_of))
        of["label"], of["reason"] = label(of, adj, rule)
        of["adj"] = adj
        verdicts.append({name: value for name, value in of.items() if name not in ("n", "precise")})
    return verdicts


def cells(rng, support, oppose, sizes):
    """Invented cells: a share in favour and one against in each group."""
    drawn = {}
    for (group, n), p, q in zip(sizes.items(), support, oppose):
        k, against, _ = rng.multinomial(n, [p, q, 1 - p - q])
        drawn[group] = [int(k), int(against), n]
    return drawn


def vector(rng):
    role = {"Nurse": 210, "Doctor": 160, "Manager": 90, "Clerk": 60, "Porter": 24}
    region = {"North": 300, "South": 244}
    five = lambda share: [share] * 5
    items = {
        "all in favour": {"role": cells(rng, five(0.88), five(0.05), role), "region": cells(rng, [0.88] * 2, [0.05] * 2, region)},
        "doctors alone": {"role": cells(rng, [0.3, 0.85, 0.3, 0.3, 0.3], five(0.1), role)},
        "camps": {"role": cells(rng, [0.8, 0.15, 0.5, 0.5, 0.5], [0.1, 0.8, 0.3, 0.3, 0.3], role)},
        "all against": {"role": cells(rng, five(0.04), five(0.9), role)},
        "porters against": {"role": cells(rng, [0.9, 0.9, 0.9, 0.9, 0.1], [0.05, 0.05, 0.05, 0.05, 0.85], role)},
        "a bare majority": {"role": cells(rng, five(0.6), five(0.2), role), "region": cells(rng, [0.6] * 2, [0.2] * 2, region)},
        "few answers": {"role": cells(rng, [0.7, 0.7], [0.1, 0.1], {"Nurse": 40, "Doctor": 30})},
        "half and half": {"role": cells(rng, five(0.48), five(0.3), role)},
        "undecided": {"role": cells(rng, [0.52, 0.5], [0.3, 0.3], {"Nurse": 70, "Doctor": 60})},
        "one group only": {"role": cells(rng, [0.7, 0.7], [0.1, 0.1], {"Nurse": 140, "Porter": 20})},
    }
    verdicts = classify(list(items.values()), RULE)
    return {
        "defaults": RULE, "overall_rule": "overall counts = sums over the first partition",
        "items": [{"item": name, "cells_[support,oppose,n]": given, "expected": verdict} for (name, given), verdict in zip(items.items(), verdicts)],
    }
