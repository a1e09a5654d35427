"""Vectors that need more than a call: raking by R, weighted shares, Polis's formulas, and hidden counts by linear programmes."""

import csv
import itertools
import json
import math
import pathlib
import subprocess
import tempfile

import numpy as np
from scipy import stats
from scipy.optimize import linprog


def raking(rng):
    """Invented schools in the shape of R's apiclus1, raked by the package `survey` of R."""
    n, total = 170, 6194
    cluster = rng.integers(1, 21, n)
    types = rng.choice(["E", "H", "M"], n, p=[0.78, 0.1, 0.12])
    wide = np.where(rng.uniform(size=n) < 0.86, "Yes", "No")
    api = np.round(640 + 12 * (cluster % 7) - 45 * (types == "H") + rng.normal(0, 70, n)).astype(int)
    enroll = rng.integers(120, 1_900, n)
    rows = [[str(t), str(w), total / n, int(a), int(e), int(c)] for t, w, a, e, c in zip(types, wide, api, enroll, cluster)]
    targets = {"stype": {"E": 4421, "H": 755, "M": 1018}, "sch_wide": {"No": 1072, "Yes": 5122}}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        names = {"rows": ["stype", "sch_wide", "weight", "api00", "enroll", "cluster"], "stype": ["name", "Freq"], "sch_wide": ["name", "Freq"]}
        tables = {"rows": rows} | {name: list(margin.items()) for name, margin in targets.items()}
        for name, table in tables.items():
            with (folder / f"{name}.csv").open("w", newline="") as file:
                csv.writer(file).writerows([names[name], *table])
        files = [str(folder / f"{name}.csv") for name in tables]
        script = pathlib.Path(__file__).parent / "raking.R"
        found = json.loads(subprocess.run(["Rscript", str(script), *files], check=True, capture_output=True, text=True).stdout)
    weights, trimmed = np.array(found["weights"]), np.array(found["trimmed"])
    vector = {
        "targets": targets, "rows_[stype,sch_wide,base_weight,api00,enroll,cluster]": rows,
        "expected": {
            "raked_weights": weights, "raked_mean_api00": found["raked"][0],
            "published_mean_SE": [round(number, 3) for number in found["raked"]], "unraked_clus1_mean_SE": found["unraked"],
            "raked_total_enroll": found["enroll"][0], "kish_n_eff": weights.sum() ** 2 / (weights**2).sum(),
            "trim_lower20_upper45_strict": {"min": trimmed.min(), "max": trimmed.max(), "sum": trimmed.sum(), "mean_api00": found["trimmed_mean"][0]},
        },
    }
    return {"R": found["R"], "survey": found["survey"]}, vector


def weighted(rng):
    from samplics.estimation import TaylorEstimator
    from samplics.utils.types import PopParam

    n = 150
    w = np.round(rng.lognormal(0, 0.5, n), 4)
    segment = rng.integers(0, 3, n)
    y = (rng.uniform(size=n) < np.array([0.6, 0.75, 0.4])[segment]).astype(int)
    share = float((w * y).sum() / w.sum())
    z = w * (y - share) / w.sum()
    effective = lambda some: float(some.sum() ** 2 / (some**2).sum())
    n_eff = effective(w)
    taylor = TaylorEstimator(PopParam.mean)
    taylor.estimate(y=y.astype(float), samp_weight=w)
    mine = lambda at: segment == at
    return {
        "w": w, "y": y, "segment": segment, "p_hat": share,
        "se_linearised": math.sqrt(n / (n - 1) * ((z - z.mean()) ** 2).sum()), "kish_n_eff": n_eff, "kish_deff": n / n_eff,
        "kg_lower_05": stats.beta.ppf(0.05, share * n_eff, n_eff - share * n_eff + 1),
        "segments": [{"segment": at, "n": int(mine(at).sum()), "n_eff": effective(w[mine(at)]),
                      "p": float((w * y)[mine(at)].sum() / w[mine(at)].sum())} for at in range(3)],
        "samplics_taylor": {"mean": float(taylor.point_est), "se": float(taylor.stderror)},
    }


def polis(rng):
    """By the formulas of repness.clj, stats.clj and conversation.clj of compdemocracy/polis."""

    def one(succ, n):
        return {"succ": succ, "n": n, "prop_test": 2 * math.sqrt(n + 1) * ((succ + 1) / (n + 1) - 0.5)}

    def two(succ_in, succ_out, n_in, n_out):
        a, b, m, n = succ_in + 1, succ_out + 1, n_in + 1, n_out + 1
        pooled = (a + b) / (m + n)
        z = 0.0 if pooled == 1 else (a / m - b / n) / math.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))
        return {"succ_in": succ_in, "succ_out": succ_out, "n_in": n_in, "n_out": n_out, "two_prop_test": z}

    def consensus(groups):
        product = lambda at: math.prod((group[at] + 1) / (group[2] + 2) for group in groups)
        return {"groups": groups, "gic_agree": product(0), "gic_disagree": product(1), "groups_format": "[A,D,S]"}

    def priority(is_meta, a, d, s, extremity):
        importance = (1 - (s - a - d + 1) / (s + 2)) * (extremity + 1) * (a + 1) / (s + 2)
        value = 49.0 if is_meta else (importance * (1 + 8 * 2 ** (-s / 5))) ** 2
        return {"is_meta": is_meta, "A": a, "D": d, "S": s, "extremity": extremity, "priority": value}

    def votes():
        s = int(rng.integers(0, 90))
        a = int(rng.integers(0, s + 1))
        return [a, int(rng.integers(0, s - a + 1)), s]

    return {
        "prop_test": [one(a, s) for a, _, s in (votes() for _ in range(8))],
        "two_prop_test": [two(a, b, m, n) for (a, _, m), (b, _, n) in ((votes(), votes()) for _ in range(8))],
        "group_informed_consensus": [consensus([votes() for _ in range(groups)]) for groups in (2, 3, 5)],
        "priority": [priority(at == 3, *votes(), round(float(rng.uniform(0, 2)), 3)) for at in range(6)],
    }


def disclosure(rng):
    """The smallest set of counts to hide beside the small ones, found by trying all, and intervals by linear programmes."""

    def bounds(table, hidden, least=0):
        rows, columns = len(table), len(table[0])
        equations, totals = [], []
        for row in range(rows):
            equations.append([int(cell[0] == row) for cell in hidden])
            totals.append(sum(table[r][c] for r, c in hidden if r == row))
        for column in range(columns):
            equations.append([int(cell[1] == column) for cell in hidden])
            totals.append(sum(table[r][c] for r, c in hidden if c == column))
        ends = {}
        for at, cell in enumerate(hidden):
            aim = np.eye(len(hidden))[at]
            low, high = (linprog(sign * aim, A_eq=equations, b_eq=totals, bounds=(least, None)).fun * sign for sign in (1, -1))
            ends[cell] = [round(low, 6), round(high, 6)]
        return ends

    def best(table, threshold, is_safe):
        """The fewest, then the smallest counts to hide with the small ones; none where two sets are as good."""
        cells = list(itertools.product(range(len(table)), range(len(table[0]))))
        value = lambda cell: table[cell[0]][cell[1]]
        primary = [cell for cell in cells if 0 < value(cell) < threshold]
        others = [cell for cell in cells if value(cell) >= threshold]
        for size in range(len(others) + 1):
            good = []
            for chosen in itertools.combinations(others, size):
                if is_safe(primary, chosen):
                    good.append((sum(map(value, chosen)), chosen))
            if good:
                good.sort(key=lambda found: found[0])
                return None if len(good) > 1 and good[0][0] == good[1][0] else (primary, good[0][1])
        return None

    def case(table, threshold):
        value = lambda cell: table[cell[0]][cell[1]]

        def covers(primary, chosen):
            ends = bounds(table, primary + list(chosen))
            return all(ends[cell][0] <= value(cell) - 1 and ends[cell][1] >= threshold for cell in primary)

        def covers_widely(primary, chosen):
            ends = bounds(table, primary + list(chosen), least=1)
            moves = lambda cell: ends[cell][1] >= value(cell) + threshold or ends[cell][0] <= value(cell) - threshold
            small = all(ends[cell][0] <= value(cell) - 1 and ends[cell][1] >= value(cell) + threshold for cell in primary)
            return small and all(map(moves, chosen))

        # Only tables on which a stricter rule agrees: that a small count is known not to be 0, and can be greater by the threshold.
        found = best(table, threshold, covers)
        if not found or found != best(table, threshold, covers_widely):
            return None
        primary, chosen = found
        ends = bounds(table, primary + list(chosen))
        return {"table": table, "threshold_n_less_than": threshold, "primary": primary,
                "optimal_secondary_min_count_then_min_sum": list(chosen),
                "feasible_intervals_after": {f"{row},{column}": ends[row, column] for row, column in primary + list(chosen)}}

    cases = []
    while len(cases) < 8:
        threshold = int(rng.choice([5, 10]))
        table = rng.integers(threshold, 60, (3, int(rng.integers(3, 5))))
        for cell in rng.choice(table.size, int(rng.integers(1, 3)), replace=False):
            table.flat[cell] = rng.integers(2, threshold)
        found = case(table.tolist(), threshold)
        if found and found["primary"]:
            cases.append(found)
    return {"cases": cases, "rules": "as tests/reference/others.py says; margins and zeros are published"}
