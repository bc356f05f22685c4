"""The pages in a real browser, served by a real server from a small demo district.

`browser.visit_as("student")` opens a window as somebody of `Visitors`; whatever the browser
complains of, and whatever it asks of another host, fails the test.
"""
