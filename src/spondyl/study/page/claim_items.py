"""The 42 items of CLAIM, the Checklist for AI in Medical Imaging, in short words of our own.

Mongan, Moy and Kahn, Radiol Artif Intell 2020;2(2):e200029. The wording of the 2024 update is not
used here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One item: number, section and what it asks for."""

    number: int
    section: str
    words: str


_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Title and abstract",
        (
            "Identified as a study of artificial intelligence, with the kind of technology",
            "Structured summary of design, methods, results and conclusions",
        ),
    ),
    (
        "Introduction",
        (
            "Scientific and clinical background, intended use and clinical role",
            "Objectives and hypotheses",
        ),
    ),
    (
        "Methods: design",
        ("Prospective or retrospective", "Goal of the study (model creation, feasibility, ...)"),
    ),
    (
        "Methods: data",
        (
            "Sources of the data",
            "Eligibility criteria: how, where and when patients were found",
            "Preprocessing",
            "Selection of parts of the data",
            "Definitions of data elements, with common data elements",
            "De-identification",
            "How missing data were handled",
        ),
    ),
    (
        "Methods: reference standard",
        (
            "Definition of the reference standard, in detail enough to repeat it",
            "Why this reference standard",
            "Source of the annotations; qualification and preparation of annotators",
            "Annotation tools",
            "Variability between and within readers; how disagreement was resolved",
        ),
    ),
    (
        "Methods: partitions",
        (
            "Intended sample size and how it was determined",
            "How data were assigned to partitions; proportions",
            "Level at which partitions are disjoint",
        ),
    ),
    (
        "Methods: model",
        (
            "Model: inputs, outputs, layers and connections",
            "Software libraries, frameworks and packages",
            "Initialisation of parameters",
        ),
    ),
    (
        "Methods: training",
        (
            "Training: augmentation, hyperparameters, number of models",
            "How the final model was chosen",
            "Ensembles",
        ),
    ),
    (
        "Methods: evaluation",
        (
            "Metrics of performance",
            "Significance and uncertainty",
            "Robustness or sensitivity analysis",
            "Explainability, and how it was validated",
            "Testing on external data",
        ),
    ),
    (
        "Results: data",
        ("Flow of participants, with inclusion and exclusion", "Demographic and clinical data"),
    ),
    (
        "Results: performance",
        (
            "Performance on all partitions",
            "Diagnostic accuracy and its precision",
            "Failure analysis",
        ),
    ),
    (
        "Discussion",
        (
            "Limitations: bias, uncertainty, generalisability",
            "Implications for practice, intended use and clinical role",
        ),
    ),
    (
        "Other information",
        (
            "Registration number and registry",
            "Where the full protocol can be found",
            "Funding and other support; role of funders",
        ),
    ),
)

ITEMS: tuple[Item, ...] = tuple(
    Item(number, section, words)
    for number, (section, words) in enumerate(
        ((section, words) for section, all_words in _SECTIONS for words in all_words), start=1
    )
)
