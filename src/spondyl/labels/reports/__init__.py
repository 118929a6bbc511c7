"""Labels from radiology reports: free English text to a status per level, with its words."""

from spondyl.labels.reports.decide import LevelLabel
from spondyl.labels.reports.errors import ReportsError
from spondyl.labels.reports.report import ReportLabels, read_report

__all__ = ["LevelLabel", "ReportLabels", "ReportsError", "read_report"]
