"""Run by the Python of an environment that has other people's readers: loads what lies in a folder with them,
and prints what they found. Imports nothing of ours.

    make readers
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def cells(frame: Any) -> list[list[str]]:
    """A row a cell, its value last; what is no number is empty."""
    frame = frame.astype(object).where(frame.notna(), "")
    return [[*map(str, row[:-1]), str(row[-1]).removesuffix(".0")] for row in frame.values.tolist()]


def properties(graph: Any, kind_of: Any) -> dict[str, list[str]]:
    """By kind of thing the properties that each thing of the kind has, and with a word in them."""
    found: dict[str, set[str]] = {}
    for thing, kind in graph.subject_objects(kind_of):
        has = {str(name) for name, value in graph.predicate_objects(thing) if str(value).strip()}
        found[str(kind)] = found.get(str(kind), has) & has
    return {kind: sorted(names) for kind, names in found.items()}


def main(folder: Path) -> None:
    pyaxis, pyjstat = import_module("pyaxis.pyaxis"), import_module("pyjstat.pyjstat")
    pandas, rdflib, sdmx = import_module("pandas"), import_module("rdflib"), import_module("sdmx")
    found: dict[str, Any] = {}
    for file in sorted(folder.iterdir()):
        if file.name.endswith(".px"):
            found[file.name] = cells(pyaxis.parse(str(file), encoding="utf-8")["DATA"])
        elif file.name.endswith(".jsonstat.json"):
            dataset = pyjstat.Dataset.read(file.read_text())
            found[file.name] = cells(dataset.write("dataframe", naming="id"))
        elif file.name.endswith(".csv"):
            frame = pandas.read_csv(file, sep=";" if "semikolon" in file.name else ",", dtype=object)
            found[file.name] = [list(frame.columns), *frame.fillna("").values.tolist()]
        elif file.name.endswith(".sdmx.xml"):
            message = sdmx.read_sdmx(file)
            (flow,) = message.dataflow.values()
            found[file.name] = [flow.id, *(one.id for one in flow.structure.dimensions.components)]
        elif file.name.endswith(".rdf"):
            graph = rdflib.Graph().parse(str(file), format="xml")
            found[file.name] = properties(graph, rdflib.RDF.type)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
