"""Renew the Swagger UI files from an unpacked `swagger-ui-dist` package; see README.md here."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from pathlib import Path

from treaty.pages import ASSETS_DIRECTORY

COMPRESSED = ("swagger-ui-bundle.js", "swagger-ui.css")
PLAIN = ("favicon-32x32.png", "swagger-ui-bundle.js.LICENSE.txt", "LICENSE", "NOTICE")


def renew(package: Path, target: Path = ASSETS_DIRECTORY) -> str:
    """Copy the files of `package` to `target`, record their SHA-256, and give the version.

    Raises OSError or ValueError (KeyError for a missing name) before anything is written
    when the directory is not such a package.
    """
    about = json.loads((package / "package.json").read_text("utf-8"))
    if about["name"] != "swagger-ui-dist":
        raise ValueError(f"{package} holds {about['name']}, expected swagger-ui-dist")
    contents = {name: (package / name).read_bytes() for name in (*COMPRESSED, *PLAIN)}
    for name, content in contents.items():
        if name in COMPRESSED:
            # No time in the file: the same package gives the same bytes.
            (target / f"{name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        else:
            (target / name).write_bytes(content)
    record = {
        "name": about["name"],
        "version": about["version"],
        "license": about["license"],
        "sha256": {name: hashlib.sha256(contents[name]).hexdigest() for name in sorted(contents)},
    }
    (target / "VERSION.json").write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    return str(about["version"])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m treaty.pages.renew <directory of the unpacked swagger-ui-dist package>")
    try:
        sys.stdout.write(f"swagger-ui-dist {renew(Path(sys.argv[1]))}\n")
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"cannot renew from {sys.argv[1]}: {error!r}; expected an unpacked swagger-ui-dist package")
