"""Styles, icons and scripts under names that hold their content's hash, so that browsers keep them.

`serve` collects them at each start; where nobody serves (tests), each has its plain name.
"""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Assets(CompressedManifestStaticFilesStorage):
    """Names files by the manifest in the home, or plainly where there is none."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """Return the name with its hash, where there is a manifest."""
        return str(super().stored_name(name)) if self.hashed_files else name
