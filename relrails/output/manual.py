"""What `relrails explain` says about the faults that keep a run from writing."""

from collections.abc import Mapping

MANUAL: Mapping[str, str] = {
    "output/unsafe-path": """\
A file whose name not every machine can keep.

generated/ has to be the same tree on Linux, macOS and Windows, and nothing outside it is ever written. A path that is
absolute, has `..` in it, a control character, a device of Windows or more than 255 bytes in one name is refused.""",
    "output/case-collision": """\
Two files that are one where upper and lower case are the same.

macOS and Windows keep `API.yml` and `api.yml` in one file, and so does a checkout of generated/ there: the second
overwrites the first, and its alerts are gone without a word.""",
    "output/made-twice": """\
Two services or SLOs that are written to the same file.

Only the second would remain. Give them different names.""",
    "output/linked-folder": """\
A folder in generated/ that is a symbolic link.

Files would be written to, and removed from, wherever it leads. Replace it by a folder; what `--out` names may itself
be a link.""",
    "output/in-the-way": """\
Something else at the place of a file or of a folder.

relrails never removes a folder for a file, nor the other way round, not even with `--force`. Move it away.""",
    "output/not-ours": """\
A file that relrails did not make, where it would write one.

MANIFEST.sha256 lists what relrails made. A file that is not in it and differs was written by somebody: it is
overwritten only with `relrails generate --force`. The same happens when MANIFEST.sha256 was deleted by hand.""",
    "output/edited": """\
A file that is no longer made, and was changed by hand since it was.

A file that is still made is put right without a question, because the change would be lost at any rate. One that
would be removed is not: its bytes are not those in MANIFEST.sha256. `relrails generate --force` removes it.""",
    "output/other-manifest": """\
A MANIFEST.sha256 that lists nothing of what relrails makes.

Another program also writes manifests of this name, and its files would all be removed as no longer made. Write to
another folder; where everything really was renamed at once, `relrails generate --force` goes on.""",
    "output/locked": """\
Another run that writes the same folder, and does not end.

Runs wait for each other. After two minutes this one gives up; the lock ends with the process that holds it.""",
    "output/stale": """\
A file in generated/ that is not what the services say.

`relrails generate --check` names it, so that nobody reviews or deploys something else than what was described. Run
`relrails generate` and commit the result.""",
}
"""The manual page of each code."""
