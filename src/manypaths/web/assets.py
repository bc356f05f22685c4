"""Styles, icons and scripts under names that hold their content's hash, so that browsers keep them.

`serve` collects them at each start; where nobody serves (tests), each has its plain name.
"""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Assets(CompressedManifestStaticFilesStorage):
    """Names files by the manifest in the home, or plainly where there is none."""

    manifest_strict = False

    def __init__(self, *args: object, **named: object) -> None:
        """Take what Django's storage takes."""
        super().__init__(*args, **named)
        self._urls: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the address of a file. The manifest is read once, so each is worked out once."""
        if not self.hashed_files or name is None or force:
            return str(super().url(name, force))
        if name not in self._urls:
            self._urls[name] = str(super().url(name))
        return self._urls[name]

    def stored_name(self, name: str) -> str:
        """Return the name with its hash, where there is a manifest."""
        return str(super().stored_name(name)) if self.hashed_files else name
