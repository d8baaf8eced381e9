"""Evaluation report: one HTML file that opens without a network, and its answers as CSV and JSON.

Learners type titles and notes, so none of that is trusted here: every word is escaped where it is written.
"""

from fer.figures.report.plain_text import file_stem
from fer.figures.report.report import EvaluationReport, report_of
from fer.figures.report.sizes import FORMS, Form, expected_bytes
from fer.figures.report.values import as_json, command, predictions_csv
from fer.figures.report.web_page import to_html
