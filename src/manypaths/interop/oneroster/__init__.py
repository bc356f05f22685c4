"""OneRoster 1.1 and 1.2 as CSV: a folder or zip of lists of schools, classes, people and results.

Standard: 1EdTech OneRoster 1.2 CSV binding 1.2.1 (2023), https://www.imsglobal.org/spec/oneroster/v1p2.
A *bundle* is one folder or zip; its *tables* are the CSV files. Bulk bundles say how everything is
now, delta bundles what changed. What real exports do beside the standard is tolerated by name, in
the report's notices; a fault names file, row, column, value and what is allowed, and refuses all.
"""
