"""One package a page: views, addresses, templates, styles and tests."""
