"""STUDY.yaml: what a study is asked to do."""
