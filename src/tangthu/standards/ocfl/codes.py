"""The validation codes of OCFL 1.0 and 1.1: what each rule asks, and how to mend a breach.

Only codes that a program can judge are listed; the others (E021, E022, E027, E028, E055, E062,
E074, E087, E091, W012 …) bind the writer or the reader, not the bytes at rest. The rule texts are
ours; `https://ocfl.io/1.1/spec/#<code>` is the wording that counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """One validation code: severity, the rule in one sentence, and what mends a breach."""

    severity: Severity
    rule: str
    fix: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach: `place` is a path relative to what was validated, printable in any terminal."""

    code: str
    severity: Severity
    place: str
    message: str
    fix: str


_RESTORE = "Restore the file from a good copy of the object."
_INVENTORY = "Restore this inventory from a good copy, or have its writer correct it."
_REMOVE = "Move it out of the object; nothing in the inventory needs it."
_NAMES = "Rename the version folders and correct the inventory with the tool that wrote them."
_PATHS = "Have the writer of the inventory correct this path."
_DECLARE = "Put exactly one declaration file in place, named and filled as the specification says."
_ROOT = "Move objects to where the layout puts them and remove what is not part of an object."

_ERRORS: dict[str, tuple[str, str]] = {
    "E001": ("The object root holds only what the specification names.", _REMOVE),
    "E002": ("The object declaration is a plain file in NAMASTE form.", _DECLARE),
    "E003": ("The object root holds exactly one version declaration.", _DECLARE),
    "E004": ("The declaration file name has the form 0=ocfl_object_VERSION.", _DECLARE),
    "E005": ("The declaration file name begins with 0.", _DECLARE),
    "E006": ("The declaration names ocfl_object_ and a published version.", _DECLARE),
    "E007": ("The declaration file holds its own value and a newline.", _DECLARE),
    "E008": ("An object has at least one version.", _INVENTORY),
    "E009": ("Version numbers begin at 1.", _NAMES),
    "E010": ("Version numbers have no gap.", _NAMES),
    "E011": ("Zero-padded version names begin with v0.", _NAMES),
    "E012": ("All version names of an object are padded alike.", _NAMES),
    "E013": ("A new version is named in the manner of the earlier ones.", _NAMES),
    "E014": ("Content paths use the real names of the version folders.", _PATHS),
    "E015": ("A version folder holds no files but the inventory and its digest.", _REMOVE),
    "E016": ("A version with files has its content folder.", _RESTORE),
    "E017": ("contentDirectory has no slash in it.", _INVENTORY),
    "E018": ("contentDirectory is not . or ...", _INVENTORY),
    "E019": ("contentDirectory, if set, is set from the first version on.", _INVENTORY),
    "E020": ("contentDirectory is the same in all versions.", _INVENTORY),
    "E023": ("Every file in a content folder is in the manifest.", _REMOVE),
    "E024": ("A content folder has no empty folders.", "Remove the empty folder."),
    "E025": ("Content is addressed by sha512 or sha256.", _INVENTORY),
    "E029": ("sha1 values are written as 40 hex digits.", _INVENTORY),
    "E030": ("sha256 values are written as 64 hex digits.", _INVENTORY),
    "E031": ("sha512 values are written as 128 hex digits.", _INVENTORY),
    "E032": ("blake2b-512 values are written as 128 hex digits.", _INVENTORY),
    "E033": ("The inventory is JSON in UTF-8 of the specified structure.", _INVENTORY),
    "E034": ("The inventory file is named inventory.json.", "Give the file its exact name."),
    "E035": ("Content paths are separated by /.", _PATHS),
    "E036": ("The inventory has id, type, digestAlgorithm and head.", _INVENTORY),
    "E037": ("The id is a text, the same throughout, used by one object.", _INVENTORY),
    "E038": ("The type matches the declared version of the specification.", _INVENTORY),
    "E039": ("Manifest and states use the algorithm named in digestAlgorithm.", _INVENTORY),
    "E040": ("head is the name of the latest version.", _INVENTORY),
    "E041": ("The inventory has the blocks manifest and versions.", _INVENTORY),
    "E042": ("Content paths lead from the object root into a content folder.", _PATHS),
    "E043": ("The inventory has a block for versions.", _INVENTORY),
    "E044": ("The versions block is named versions and is a JSON object.", _INVENTORY),
    "E045": ("The versions block is a JSON object.", _INVENTORY),
    "E046": ("Version names in the inventory and version folders are the same.", _NAMES),
    "E047": ("Each version is described by a JSON object.", _INVENTORY),
    "E048": ("Each version has created and state.", _INVENTORY),
    "E049": ("created is a time by RFC 3339, with seconds and zone.", _INVENTORY),
    "E050": ("State digests each match one manifest entry exactly.", _INVENTORY),
    "E051": ("A logical path is a text of parts joined by /.", _PATHS),
    "E052": ("Parts of a logical path are not empty, . or ...", _PATHS),
    "E053": ("A logical path does not begin or end with /.", _PATHS),
    "E054": ("user is an object with a name.", _INVENTORY),
    "E056": ("Fixity algorithms are those of the specification or an extension.", _INVENTORY),
    "E057": ("A fixity block is built like the manifest.", _INVENTORY),
    "E058": ("Every inventory has a digest file beside it.", _RESTORE),
    "E059": ("The digest file is named after digestAlgorithm.", _RESTORE),
    "E060": ("The digest file holds the digest of the inventory.", _RESTORE),
    "E061": ("The digest file has the form DIGEST inventory.json.", _RESTORE),
    "E063": ("The object root has an inventory.", _RESTORE),
    "E064": ("The root inventory equals that of the latest version.", _RESTORE),
    "E066": ("Earlier inventories tell the same states as the current one.", _RESTORE),
    "E067": ("The extensions folder of an object holds only folders.", _REMOVE),
    "E069": ("A storage root declares itself as such.", _DECLARE),
    "E070": ("ocfl_layout.json is JSON with extension and description.", "Correct the file."),
    "E071": ("The layout is named by a registered extension.", "Correct ocfl_layout.json."),
    "E072": ("The storage hierarchy holds no files outside objects.", _ROOT),
    "E073": ("A storage root has no empty folders.", "Remove the empty folder."),
    "E075": ("The root declaration is a plain file in NAMASTE form.", _DECLARE),
    "E076": ("A storage root holds exactly one version declaration.", _DECLARE),
    "E077": ("The root declaration file name has the form 0=ocfl_VERSION.", _DECLARE),
    "E078": ("The root declaration file name begins with 0.", _DECLARE),
    "E079": ("The root declaration names ocfl_ and a published version.", _DECLARE),
    "E080": ("The root declaration file holds its own value and a newline.", _DECLARE),
    "E081": ("Objects are of the version of the root or an earlier one.", _ROOT),
    "E082": ("Objects stand at the end of the hierarchy, never inside an object.", _ROOT),
    "E083": ("Each identifier has one place, the one its layout gives.", _ROOT),
    "E084": ("Folders between root and objects hold no files.", _ROOT),
    "E085": ("Every branch of the hierarchy ends in an object.", _ROOT),
    "E086": ("The extensions folder of a root holds only folders.", _ROOT),
    "E088": ("A storage root has no folders but those of objects and extensions.", _ROOT),
    "E089": (
        "Only plain files and folders are stored.",
        "Remove the special file, or store an image of what it stands for.",
    ),
    "E090": ("Links are not used.", "Replace the link by the file itself."),
    "E092": ("Each content path exists and has the digest of its manifest entry.", _RESTORE),
    "E093": ("Files have the digests recorded in the fixity block.", _RESTORE),
    "E094": ("message is a text.", _INVENTORY),
    "E095": ("Logical paths are unique, and no file is also a folder.", _PATHS),
    "E096": ("Each digest occurs once in the manifest, whatever its case.", _INVENTORY),
    "E097": ("Each digest occurs once in a fixity block, whatever its case.", _INVENTORY),
    "E098": ("A content path is a text of parts joined by /.", _PATHS),
    "E099": ("Parts of a content path are not empty, . or ...", _PATHS),
    "E100": ("A content path does not begin or end with /.", _PATHS),
    "E101": ("Content paths are unique, and no file is also a folder.", _PATHS),
    "E102": ("The inventory has no keys but the specified ones.", _INVENTORY),
    "E103": ("Later versions keep to the same or a later specification.", _INVENTORY),
    "E104": ("Version names are v and a number.", _NAMES),
    "E105": ("Version numbers are 1, 2, 3 and so on.", _NAMES),
    "E106": ("The manifest is a JSON object.", _INVENTORY),
    "E107": ("Each manifest digest is used in some state.", _INVENTORY),
    "E108": ("contentDirectory names a folder right inside the version folder.", _INVENTORY),
    "E110": ("The id of an object never changes.", _INVENTORY),
    "E111": ("fixity is a JSON object.", _INVENTORY),
    "E112": ("The extensions folder of a root holds only folders.", _ROOT),
}

_WARNINGS: dict[str, tuple[str, str]] = {
    "W001": ("Version names should not be zero-padded.", "Nothing to do for an existing object."),
    "W002": ("A version folder should hold no other folder than content.", _REMOVE),
    "W003": ("A version without files should have no content folder.", "Remove the folder."),
    "W004": ("sha512 is the recommended algorithm.", "Nothing to do: sha256 is allowed."),
    "W005": ("The id should be a URI.", "Choose URIs for new objects."),
    "W007": ("A version should say message and user.", "Give both with the next version."),
    "W008": ("A user should have an address.", "Give the address with the next version."),
    "W009": ("A user address should be a URI.", "Use mailto: or a web address."),
    "W010": ("Each version folder should have its inventory.", "Write it with new versions."),
    "W011": ("Earlier inventories should tell the same facts of a version.", "Compare both."),
    "W013": ("Object extensions should be registered ones.", "Document the local extension."),
    "W014": ("A storage root should use one layout pattern.", _ROOT),
    "W015": ("Objects should be all at the top or all in a hierarchy.", _ROOT),
    "W016": ("Root extensions should be registered ones.", "Document the local extension."),
}

CODES: dict[str, Code] = {
    **{code: Code("error", rule, fix) for code, (rule, fix) in _ERRORS.items()},
    **{code: Code("warning", rule, fix) for code, (rule, fix) in _WARNINGS.items()},
}


class Findings:
    """Collects findings up to a limit, so that a hostile object cannot fill the memory."""

    def __init__(self, limit: int = 10_000) -> None:
        self.items: list[Finding] = []
        self.dropped = 0
        self._limit = limit

    def add(self, code: str, place: str, detail: str = "") -> None:
        """Record a breach of `code` at `place`; `detail` says what exactly was met."""
        if len(self.items) >= self._limit:
            self.dropped += 1
            return
        rule = CODES[code]
        message = f"{rule.rule} {printable(detail)}".rstrip()
        self.items.append(Finding(code, rule.severity, printable(place), message, rule.fix))

    @property
    def errors(self) -> list[Finding]:
        """The findings that make the object invalid."""
        return [item for item in self.items if item.severity == "error"]


def printable(text: str, limit: int = 300) -> str:
    """Return `text` safe for terminals and JSON: no lone surrogates, no control characters."""
    shown = text[:limit].encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown)


def shown(value: Any) -> str:
    """Return a short description of a JSON value: texts and numbers as they are, others by kind."""
    if isinstance(value, str):
        return repr(value[:100])
    if isinstance(value, dict):
        return "an object"
    return "an array" if isinstance(value, list) else repr(value)[:100]
