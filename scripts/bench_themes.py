"""What scikit-learn makes of the same sets: TF-IDF, TruncatedSVD and KMeans at the true number, worst of three seeds.

Where the bench of themes has written the vectors of a model, KMeans of those too, on the same rows. Run by
`make bench-themes`, which installs the versions in scripts/bench_themes.txt; the first argument is the folder with the
data, the second the folder with the vectors.
"""

import resource
import sys
import time
from pathlib import Path

import numpy
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


def measured(labels, groups):
    return [
        accuracy(labels, groups),
        normalized_mutual_info_score(labels, groups),
        adjusted_rand_score(labels, groups),
        adjusted_mutual_info_score(labels, groups),
    ]


def of_words(folder):
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
            measures = measured(labels, groups)
            worst = [min(pair) for pair in zip(worst, measures)]
        shown = "  ".join(f"{measure * 100:4.1f}" for measure in worst)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{name:24} {len(texts):>5} {k:>4} | {shown} | {min(seconds):.2f} s, {peak} MB", flush=True)


def of_vectors(vectors):
    """KMeans of what `benches/themes.rs` has written: a line a row with its label, and the vectors row after row."""
    print("scikit-learn: KMeans of the transformer's vectors, one start")
    for labels_file in sorted(vectors.glob("*.labels")):
        labels = labels_file.read_text(encoding="utf-8").splitlines()
        rows = numpy.fromfile(labels_file.with_suffix(".f32"), "<f4").reshape(len(labels), -1)
        k, worst = len(set(labels)), [1.0] * 4
        for seed in (7, 8, 9):
            groups = KMeans(k, n_init=1, random_state=seed).fit_predict(rows)
            worst = [min(pair) for pair in zip(worst, measured(labels, groups))]
        shown = "  ".join(f"{measure * 100:4.1f}" for measure in worst)
        print(f"{labels_file.stem:24} {len(labels):>5} {k:>4} | {shown}", flush=True)


def main(folder, vectors):
    of_words(folder)
    if vectors.is_dir():
        of_vectors(vectors)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
