"""CASE 1.1 and 1.0 as a provider: published frameworks for whoever reads that standard.

Standard: Competencies and Academic Standards Exchange 1.1, 1EdTech,
https://www.imsglobal.org/spec/case/v1p1. Everything here is taken from the package that
`interop.case_writing` writes, so that single objects and packages say the same.
"""
