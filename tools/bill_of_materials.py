"""Write the software bill of materials in CycloneDX: `python -m tools.bill_of_materials`.

`sbom.cdx.json` lists the libraries that the package requires and the material of others that it contains. The build puts it into
the wheel. `--documents FILE` writes a longer one, which also lists each document on which the data are based. A release has both.
"""

# pyright does not see through the decorators of the classes of cyclonedx.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false

from __future__ import annotations

import argparse
import string
import sys
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import ExternalReference, ExternalReferenceType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.contact import OrganizationalEntity
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement

from notorious_markets._writing import write_files
from notorious_markets.about import DATA_VERSION, PUBLISHER, TITLE, __version__
from tools.facts import read_rows
from tools.schema import FACTS, ROOT, read_schema

BILL = ROOT / "sbom.cdx.json"
# Material of others in the package.
MATERIAL = ROOT / "tools" / "material.toml"


def bill(*, documents: bool) -> str:
    """Return the bill of materials as JSON.

    Args:
        documents: Whether to list the documents on which the data are based.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    schema = read_schema()
    package = Component(
        name="notorious_markets",
        version=__version__,
        type=ComponentType.LIBRARY,
        bom_ref="notorious_markets",
        purl=PackageURL("pypi", None, "notorious-markets", __version__),
        description=TITLE,
        licenses=[LicenseExpression(project["license"])],
    )
    parts = [*_libraries(project["dependencies"]), _data(), *_material()]
    if documents:
        parts += _documents()
    made = Bom(components=parts)
    made.metadata.component = package
    made.metadata.timestamp = datetime.combine(schema.created, time(), UTC)
    made.register_dependency(package, parts)
    # The same bill has the same number, so that two builds do not differ.
    made.serial_number = uuid5(NAMESPACE_URL, f"notorious_markets {__version__} {DATA_VERSION} {documents}")
    written: str = make_outputter(made, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)
    return f"{written}\n"


def _libraries(requirements: list[str]) -> list[Component]:
    """Return a component for each library that the package requires."""
    parsed = [Requirement(requirement) for requirement in requirements]
    return [
        Component(
            name=requirement.name,
            type=ComponentType.LIBRARY,
            bom_ref=requirement.name,
            purl=PackageURL("pypi", None, requirement.name),
            # A library can choose among these versions. A bill of an installation lists the one that is installed.
            description=f"required: {requirement}",
        )
        for requirement in parsed
    ]


def _data() -> Component:
    return Component(
        name="Notorious Markets List",
        version=DATA_VERSION,
        type=ComponentType.DATA,
        bom_ref="data",
        publisher=PUBLISHER,
        description="The facts, compiled by the project from the documents that the table of sources lists",
        licenses=[LicenseExpression("CC0-1.0 AND CC-BY-4.0")],
    )


def material() -> list[dict[str, Any]]:
    """Return what `tools/material.toml` says about the material of others in the package."""
    found: list[dict[str, Any]] = tomllib.loads(MATERIAL.read_text(encoding="utf-8"))["material"]
    return found


def _material() -> list[Component]:
    return [
        Component(
            name=part["name"],
            version=part.get("version"),
            type=ComponentType.DATA,
            bom_ref=part["name"],
            publisher=part["publisher"],
            licenses=[LicenseExpression(part["licence"])],
            description=f"{part['what']} Contained in {', '.join(part['files'])}",
            external_references=[ExternalReference(type=ExternalReferenceType.WEBSITE, url=XsUri(part["url"]))],
        )
        for part in material()
    ]


def _documents() -> list[Component]:
    """Return a component for each document on which the data are based. The package cites the documents and has no copies."""
    sources: Sequence[Mapping[str, Any]] = read_rows(read_schema(), FACTS)["sources"]
    return [
        Component(
            name=source["title"] or source["source_id"],
            version=str(source["published"] or ""),
            type=ComponentType.DATA,
            bom_ref=f"source/{source['source_id']}",
            publisher=source["publisher"],
            supplier=OrganizationalEntity(name=source["publisher"]),
            external_references=[
                ExternalReference(type=ExternalReferenceType.SOURCE_DISTRIBUTION, url=XsUri(_ascii(source["url"])))
            ],
        )
        for source in sources
    ]


def _ascii(url: str) -> str:
    """Percent-encode the characters outside ASCII, of which CycloneDX does not accept all."""
    return quote(url, safe=string.punctuation)


def main(arguments: list[str] | None = None) -> int:
    """Write the bill, or check that it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only check that sbom.cdx.json is current")
    parser.add_argument("--documents", type=Path, metavar="FILE", help="write the bill that also lists the documents")
    options = parser.parse_args(arguments)
    if options.documents:
        text = bill(documents=True)
        # This takes half a minute, which is too long for a test.
        if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
            print(f"the bill of materials is not valid: {error}", file=sys.stderr)
            return 1
        write_files({options.documents: text.encode()})
    elif not options.check:
        write_files({BILL: bill(documents=False).encode()})
    elif BILL.read_text(encoding="utf-8") != bill(documents=False):
        print("sbom.cdx.json is not current; run `python -m tools.bill_of_materials`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
