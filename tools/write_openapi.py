"""Writes the API's document to docs/reference/openapi.json, with which a test compares it."""

import json
import os
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "docs/reference/openapi.json"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manypaths.settings")

    import django

    django.setup()

    from manypaths.api.app import document

    FILE.write_text(json.dumps(document(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"wrote {FILE}")


if __name__ == "__main__":
    main()
