"""Reads a file of responses with a reader that others wrote, and compares every cell with what was stored.

Arguments: the reader, the file, and expected.json: {"fields": [{"name", "label", "kind", "codes": [[code, meaning]]}],
"rows": [[["v", text] | ["m", reason] | ["e"]]]}.
"""

import datetime
import importlib
import json
import math
import sys

REASONS = {
    "skipped": ("NA:skipped", "Saw the question and left it", "-9991"),
    "not_shown": ("NA:not_shown", "Was routed past the question", "-9992"),
    "not_reached": ("NA:not_reached", "Stopped before the question", "-9993"),
}


def same(kind, stored, found):
    """True if the value found is the one stored, with the type that its field should have."""
    if kind in ("whole", "number"):
        return isinstance(found, (int, float)) and not isinstance(found, bool) and float(stored) == found
    if kind == "day":
        return isinstance(found, (datetime.date, datetime.datetime)) and str(found)[:10] == stored
    return stored == found


def nothing(found):
    return found is None or found == "" or (isinstance(found, float) and math.isnan(found))


def each(expected, rows):
    """Every stored cell beside the one found."""
    assert len(rows) == len(expected["rows"]), (len(rows), len(expected["rows"]))
    compared = 0
    for at, (stored, found) in enumerate(zip(expected["rows"], rows)):
        assert len(stored) == len(found), (at, len(stored), len(found))
        for field, cell, one in zip(expected["fields"], stored, found):
            compared += 1
            yield (at, field["name"]), field, cell, one
    print(f"{len(rows)} rows, {compared} cells")


def openpyxl(module, path, expected):
    book = module.load_workbook(path)
    assert book.sheetnames == ["data", "labels", "codebook", "notes"], book.sheetnames
    for sheet in book:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row), sheet.title
    data, labels = ([list(row) for row in book[name].iter_rows(values_only=True)] for name in ("data", "labels"))
    assert data[0] == [field["name"] for field in expected["fields"]]
    assert labels[0] == [field["label"] for field in expected["fields"]]
    for at, field, cell, found in each(expected, data[1:]):
        if cell[0] == "v":
            # A reader that does not know the escape of ECMA-376, 22.4.2.4.
            found = found.replace("_x005F_", "_") if isinstance(found, str) else found
            # Spreadsheets have no days before 1900, and count those up to its February wrongly.
            is_early = field["kind"] == "day" and cell[1] < "1900-03-01"
            assert same("text" if is_early else field["kind"], cell[1], found), (at, cell, found)
        elif cell[0] == "m":
            assert found == REASONS[cell[1]][0], (at, cell, found)
        else:
            assert nothing(found), (at, cell, found)
    for at, field, cell, found in each(expected, labels[1:]):
        meanings = dict(field["codes"])
        if cell[0] == "v" and cell[1] in meanings:
            assert found == meanings[cell[1]], (at, cell, found)
        elif cell[0] == "m":
            assert found == REASONS[cell[1]][1], (at, cell, found)


def pandas(module, path, expected):
    if path.endswith(".xlsx"):
        frame = module.read_excel(path)
    elif path.endswith(".parquet"):
        frame = module.read_parquet(path)
        assert frame.columns[-1] == "NA"
    else:
        frame = module.read_json(path, lines=True)
        assert frame.columns[-1] == "NA"
    names = [field["name"] for field in expected["fields"]]
    assert list(frame.columns[: len(names)]) == names
    assert len(frame) == len(expected["rows"])
    print(f"{len(frame)} rows")


def pyarrow(module, path, expected):
    parquet = importlib.import_module("pyarrow.parquet").ParquetFile(path)
    book = json.loads(parquet.schema_arrow.metadata[b"canvass.codebook"])
    for one, field in zip(book, expected["fields"], strict=True):
        codes = [[code["code"], code["meaning"]] for code in one["codes"]]
        assert [one["name"], one["label"], codes] == [field["name"], field["label"], field["codes"]], (one, field)
    rows = parquet.read().to_pylist()
    reasons = [json.loads(row.pop("NA")) for row in rows]
    for at, field, cell, found in each(expected, [list(row.values()) for row in rows]):
        if cell[0] == "v":
            assert same(field["kind"], cell[1], found), (at, cell, found)
            assert field["name"] not in reasons[at[0]]
        else:
            assert found is None, (at, cell, found)
            assert reasons[at[0]][field["name"]] == (cell[1] if cell[0] == "m" else "empty"), (at, cell)


def pyreadstat(module, path, expected):
    frame, meta = module.read_sav(path, user_missing=True)
    names = [field["name"] for field in expected["fields"]]
    assert meta.column_names == names, meta.column_names
    assert meta.number_rows == len(expected["rows"])
    for field in expected["fields"]:
        label = meta.column_names_to_labels[field["name"]]
        assert label == field["label"], (label, field["label"])
    labels = meta.variable_value_labels
    rows = [list(row) for row in frame.itertuples(index=False, name=None)]
    for at, field, cell, found in each(expected, rows):
        meanings = dict(field["codes"])
        if cell[0] == "e":
            assert nothing(found), (at, cell, found)
        elif cell[0] == "m" and isinstance(found, (datetime.date, datetime.datetime)):
            # Seconds before the first day that SPSS knows.
            assert str(found)[:10] == "1582-10-13", (at, cell, found)
        elif cell[0] == "m" and field["kind"] == "text":
            assert found == REASONS[cell[1]][2], (at, cell, found)
        elif cell[0] == "m":
            assert labels[field["name"]][found] == REASONS[cell[1]][1], (at, cell, found)
        elif field["kind"] == "code":
            assert labels[field["name"]][found] == meanings[cell[1]], (at, cell, found)
        else:
            assert same(field["kind"], cell[1], found), (at, cell, found)
            if meanings:
                assert labels[field["name"]][found] == meanings[cell[1]], (at, cell, found)
    clean, _ = module.read_sav(path)
    for at, field, cell, found in each(expected, [list(row) for row in clean.itertuples(index=False, name=None)]):
        assert (cell[0] == "v") or nothing(found), (at, cell, found)
    sets = {name: one["variable_list"] for name, one in meta.mr_sets.items()}
    print(json.dumps(sets))


def fhir(module, path, expected):
    model = importlib.import_module("fhir.resources.R4B.questionnaireresponse").QuestionnaireResponse
    with open(path, encoding="utf-8") as lines:
        rows = [model.model_validate_json(line) for line in lines]
    assert [row.id for row in rows] == [row[0][1] for row in expected["rows"]]
    print(f"{len(rows)} rows")


READERS = {"openpyxl": openpyxl, "pandas": pandas, "pyarrow": pyarrow, "pyreadstat": pyreadstat, "fhir.resources": fhir}

if __name__ == "__main__":
    name, path, known = sys.argv[1:4]
    try:
        module = importlib.import_module(name)
        importlib.import_module("openpyxl" if path.endswith(".xlsx") else "pyarrow" if path.endswith(".parquet") else name)
    except ImportError:
        print(f"skipped: no {name} for Python")
        sys.exit()
    with open(known, encoding="utf-8") as file:
        READERS[name](module, path, json.load(file))
