"""What scikit-learn makes of the same sets: TF-IDF, TruncatedSVD and KMeans at the true number, worst of three seeds.

Run by `make bench-themes`, which installs the versions in scripts/bench_themes.txt; the first argument is the folder
with the data.
"""

import resource
import sys
import time
from pathlib import Path

from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix
from sklearn.preprocessing import normalize

SETS = ["stackoverflow", "searchsnippets", "agnews_test7600", "banking77_train", "tweet89", "nhs_fft_v6_multilabel"]


def accuracy(labels, groups):
    table = contingency_matrix(labels, groups)
    rows, columns = linear_sum_assignment(-table)
    return table[rows, columns].sum() / len(labels)


def main(folder):
    print("scikit-learn: TF-IDF (sublinear, min_df 2, English stop words), TruncatedSVD 40, KMeans, one start")
    for name in SETS:
        lines = (folder / "text" / f"{name}.tsv").read_text(encoding="utf-8", errors="replace").splitlines()
        rows = [line.split("\t") for line in lines if "\t" in line]
        rows = [row for row in rows if not (name.startswith("nhs") and "|" in row[1])]
        texts, labels = [row[0] for row in rows], [row[1] for row in rows]
        k, worst, seconds = len(set(labels)), [1.0] * 4, []
        for seed in (7, 8, 9):
            start = time.time()
            vectors = TfidfVectorizer(sublinear_tf=True, min_df=2, max_df=0.5, stop_words="english").fit_transform(texts)
            points = normalize(TruncatedSVD(40, random_state=seed).fit_transform(vectors))
            groups = KMeans(k, n_init=1, random_state=seed).fit_predict(points)
            seconds.append(time.time() - start)
            measures = [
                accuracy(labels, groups),
                normalized_mutual_info_score(labels, groups),
                adjusted_rand_score(labels, groups),
                adjusted_mutual_info_score(labels, groups),
            ]
            worst = [min(pair) for pair in zip(worst, measures)]
        shown = "  ".join(f"{measure * 100:4.1f}" for measure in worst)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{name:24} {len(texts):>5} {k:>4} | {shown} | {min(seconds):.2f} s, {peak} MB", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
