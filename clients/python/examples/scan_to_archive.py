"""Send a folder of scans, wait, accept what is complete, find it, download and verify it.

Usage: TANGTHU_KEY=… scan_to_archive.py ADDRESS FONDS_CODE FOLDER TARGET_FOLDER
The key needs archive.import and read.public.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tangthu_client import Client, Problem


def main(address: str, fonds_code: str, folder: str, target: str) -> int:
    """Do it; returns the exit status."""
    house = Client(address, os.environ["TANGTHU_KEY"], language="en")
    body = house.get("/me")["body"]["id"]
    fonds = next(one["id"] for one in house.fonds() if one["code"] == fonds_code)
    begun = house.upload(fonds, Path(folder), answers={"access": "01"})
    batch = f"/imports/{begun['batch']['id']}"
    house.wait(begun["job"])
    for one in house.pages(f"{batch}/findings"):
        print(f"{one['severity']}: {one['place']}: {one['words']}")
    accepted = house.wait(house.post(f"{batch}/accept", {"accept": "all-proposals"}))
    print(f"accepted: {accepted['done']} {accepted['unit']}")
    house.post(f"{batch}/close")
    for line in house.documents(fonds=fonds):
        document = house.get(f"/documents/{line['id']}")
        for file in document["files"]:
            path = Path(target) / f"{file['id']}.pdf"
            if not path.exists():
                print(house.download(file, path), file["sha256"])
        try:
            proof = house.proof("documents", document["id"])
            print(document["archive_code"], house.verify(body, proof), "events proven")
        except Problem as problem:
            if problem.kind != "not-signed-yet":
                raise
            print(document["archive_code"], "waits for the next checkpoint")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
