"""Fetch the style sheets, scripts and fonts that `tools/vendor.toml` lists, checked by their checksums.

Run as `make vendor`; it needs npm. The result is committed, so that nobody else needs it.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "ilink_runtime" / "static" / "vendor"
SOURCE_MAP = re.compile(rb"\s*(/\*[#@] sourceMappingURL=\S+ \*/|//[#@] sourceMappingURL=\S+)\s*\Z")
GENERATED = "Written by `make vendor` from tools/vendor.toml; do not edit."


@dataclass(frozen=True)
class Font:
    """The name and weight that the style sheets know a font by."""

    family: str
    weight: str


@dataclass(frozen=True)
class Package:
    """One table of vendor.toml: a published package and the files wanted from it."""

    name: str
    package: str
    version: str
    sha512: str
    license: str
    purpose: str
    files: tuple[str, ...]
    font: Font | None = None


def read_packages(path: Path) -> list[Package]:
    """Read the packages to vendor, in the order of the file."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    packages = []
    for name, table in tables.items():
        font = Font(**table.pop("font")) if "font" in table else None
        packages.append(Package(name=name, files=tuple(table.pop("files")), font=font, **table))
    return packages


def main() -> int:
    """Replace the vendored files by those of the list."""
    if not shutil.which("npm"):
        print("Vendoring needs npm: install Node.js and try again.", file=sys.stderr)
        return 1
    packages = read_packages(Path(__file__).with_suffix(".toml"))
    faces: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        fetched = [(package, _fetch(package, Path(scratch))) for package in packages]
        shutil.rmtree(VENDOR, ignore_errors=True)
        for package, archive in fetched:
            with tarfile.open(archive) as tar:
                faces += _unpack(package, tar)
    _write(VENDOR / "fonts.css", f"/* {GENERATED} */\n\n" + "\n".join(faces))
    _write(ROOT / "THIRD_PARTY.md", _third_party(packages))
    return 0


def _fetch(package: Package, scratch: Path) -> Path:
    pack = ["npm", "pack", f"{package.package}@{package.version}", "--silent", "--ignore-scripts"]
    done = subprocess.run(pack, cwd=scratch, check=True, stdout=subprocess.PIPE, text=True)
    archive = scratch / done.stdout.strip()
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != package.sha512:
        raise SystemExit(
            f"{package.package} {package.version}: sha512 is {found}, not what vendor.toml says."
        )
    return archive


def _unpack(package: Package, tar: tarfile.TarFile) -> list[str]:
    """Write the wanted files flat into the package's folder and return its font faces."""
    folder = VENDOR / package.name
    folder.mkdir(parents=True)
    for file in (*package.files, "LICENSE"):
        content = SOURCE_MAP.sub(b"\n", _read(tar, file))
        (folder / PurePosixPath(file).name).write_bytes(content)
    if not package.font:
        return []
    ranges: dict[str, str] = json.loads(_read(tar, "unicode.json"))
    return [_face(package.name, package.font, PurePosixPath(file).name, ranges) for file in package.files]


def _read(tar: tarfile.TarFile, file: str) -> bytes:
    member = tar.extractfile(f"package/{file}")
    if member is None:
        raise SystemExit(f"{file} is not a file.")
    return member.read()


def _face(name: str, font: Font, file: str, ranges: dict[str, str]) -> str:
    """Write the rule for one file, `<name>-<script>-<weight>-normal.woff2`, with the range of its script."""
    script = file.removeprefix(f"{name}-").rsplit("-", 2)[0]
    return f"""@font-face {{
  font-family: "{font.family}";
  font-style: normal;
  font-weight: {font.weight};
  font-display: swap;
  src: url("{name}/{file}") format("woff2");
  unicode-range: {ranges[script].replace(",", ", ")};
}}
"""


def _third_party(packages: list[Package]) -> str:
    rows = [
        f"| {package.package} | {package.version} | {package.license} "
        f"| [LICENSE](ilink_runtime/static/vendor/{package.name}/LICENSE) | {package.purpose} |\n"
        for package in packages
    ]
    return (
        f"<!-- {GENERATED} -->\n\n# Third-party files\n\n"
        "These files of others are part of this repository, unchanged but for the pointers to source maps.\n"
        "They stand in `ilink_runtime/static/vendor/`, each with its licence; `fonts.css` is our own.\n\n"
        "| npm package | version | licence | text | for |\n|---|---|---|---|---|\n" + "".join(rows)
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
