"""A comparison: arms trained alike, thresholds from validation films, systems read and judged."""
