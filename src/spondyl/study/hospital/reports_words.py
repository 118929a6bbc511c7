"""The words of made-up reports, by style: what a sentence looks like, never when it is said."""

from dataclasses import dataclass

from spondyl.anatomy import Shape


@dataclass(frozen=True)
class Voice:
    """Sentences of one way of speaking.

    ``{levels}`` stands for one level or several, ``{shape}`` and ``{percent}`` for what is known
    of a single fracture; ``{are}``, ``{bodies}`` and ``{s}`` (of a verb) follow their number.

    Attributes
    ----------
    shapes : mapping of Shape to str
    one, many : tuple of str
        A fracture; several at once.
    old_one, old_many : tuple of str
        The same, old.
    suspected : tuple of str
    others, none : tuple of str
        All other bodies are normal, where one was named and where none was.
    lumbar_others, lumbar_none : tuple of str
        The same of the lumbar bodies alone.
    named : tuple of str
        Levels said to be normal.
    asides : tuple of str
        What else films show: discs, joints, vessels.
    lead : tuple of str
        How a report may begin.
    join : str
        Between sentences.
    """

    shapes: dict[Shape, str]
    one: tuple[str, ...]
    many: tuple[str, ...]
    old_one: tuple[str, ...]
    old_many: tuple[str, ...]
    suspected: tuple[str, ...]
    others: tuple[str, ...]
    none: tuple[str, ...]
    lumbar_others: tuple[str, ...]
    lumbar_none: tuple[str, ...]
    named: tuple[str, ...]
    asides: tuple[str, ...]
    lead: tuple[str, ...] = ("",)
    join: str = " "


TERSE = Voice(
    shapes={Shape.WEDGE: "ant wedge", Shape.BICONCAVE: "biconcave", Shape.CRUSH: "crush"},
    one=("{levels} {shape} #.", "{levels} {shape} comp #, ~{percent}%.", "VCF {levels}.",
         "Comp fx {levels}.", "{shape} # {levels}, {percent}% loss of ht."),
    many=("VCFs {levels}.", "Comp fxs {levels}.", "{levels} comp #s."),
    old_one=("Old comp fx {levels}.", "Old {levels} {shape} #.", "Prior VCF {levels}.",
             "Known # {levels}, unchanged."),
    old_many=("Old comp fxs {levels}.", "Known #s {levels}, unchanged."),
    suspected=("?# {levels}.", "Poss comp fx {levels}, CT advised.", "Susp fx {levels}."),
    others=("Rest ok.", "Other VBs WNL.", "Others intact.", "No other #.", "No other comp fx."),
    none=("No #.", "No comp #.", "Neg for fx.", "Vert heights ok.", "No bony inj.", "NAD."),
    lumbar_others=("Other lumbar VBs intact.", "Other lumbar VBs normal ht."),
    lumbar_none=("No lumbar comp fx.", "Lumbar VB heights ok."),
    named=("{levels} ok.", "{levels} intact.", "{levels} normal ht."),
    asides=("DJD L4-5.", "OA facets.", "L5/S1 narrowing.", "Osteopenia.", "Ao calc.",
            "Spondylosis.", "Disc narrowing L3/4, L4/5.", "Mild scoliosis."),
    lead=("", "", "LS spine lat:", "Lat L-spine:"),
)  # fmt: skip

STRUCTURED = Voice(
    shapes={
        Shape.WEDGE: "wedge compression fracture",
        Shape.BICONCAVE: "biconcave compression fracture",
        Shape.CRUSH: "crush fracture",
    },
    one=("There is a {shape} of {levels} with approximately {percent}% loss of height.",
         "Compression deformity of the {levels} vertebral body with {percent}% height loss.",
         "{shape} of {levels}, about {percent}% loss of vertebral body height."),
    many=("There are compression fractures of {levels}.", "Compression deformities at {levels}."),
    old_one=("Chronic {shape} of {levels}, {percent}% loss of height.",
             "Chronic appearing compression deformity of {levels}."),
    old_many=("Chronic compression fractures of {levels}.", "Old, healed fractures of {levels}."),
    suspected=("Subtle irregularity of the endplate of {levels} is suspicious for a fracture.",
               "Possible compression fracture of {levels}."),
    others=("The remaining vertebral bodies are normal in height.",
            "Other vertebral body heights are maintained.", "No other compression fracture."),
    none=("Vertebral body heights are preserved.", "No compression fracture.",
          "The vertebral bodies are of normal height.", "Vertebral body heights: Preserved."),
    lumbar_others=("The other lumbar vertebral bodies are normal in height.",),
    lumbar_none=("The lumbar vertebral bodies are normal in height.",
                 "No compression fracture in the lumbar spine."),
    named=("{levels} {are} normal in height.", "Normal height of {levels}.",
           "The vertebral {bodies} {levels} {are} intact."),
    asides=("Disc space narrowing at L4-L5.", "Facet arthropathy at L4-5 and L5-S1.",
            "Mild anterior osteophytes.", "Atherosclerotic calcification of the aorta.",
            "Grade 1 anterolisthesis of L4 on L5.", "Alignment is normal."),
)  # fmt: skip

PROSE = Voice(
    shapes={
        Shape.WEDGE: "anterior wedge compression fracture",
        Shape.BICONCAVE: "biconcave compression fracture",
        Shape.CRUSH: "crush fracture",
    },
    one=("There is a {shape} of {levels} with roughly {percent} percent loss of height.",
         "{levels} shows a {shape} with about {percent}% loss of vertebral height.",
         "The {levels} vertebral body is reduced in height by about {percent}%, consistent with an "
         "osteoporotic compression fracture."),
    many=("Compression fractures are seen at {levels}.",
          "There are compression fractures involving {levels}."),
    old_one=("There is an old, healed compression fracture of {levels}.",
             "A chronic compression fracture of {levels} is again seen, unchanged."),
    old_many=("Old compression fractures of {levels} are again demonstrated.",
              "Chronic compression fractures are present at {levels}."),
    suspected=("A subtle fracture of {levels} cannot be excluded.",
               "Slight concavity of {levels} is noted, and an early compression fracture is "
               "possible."),
    others=("The remaining vertebral bodies retain their normal height.",
            "No other compression fracture is identified.",
            "The vertebral bodies are otherwise of normal height.",
            "All other vertebral bodies are unremarkable."),
    none=("The vertebral body heights are well maintained.",
          "No compression fracture is identified.",
          "There is no evidence of a vertebral compression fracture.",
          "The vertebral bodies are normal in height, without fracture."),
    lumbar_others=("The other lumbar vertebral bodies are of normal height.",
                   "The lumbar vertebral bodies are otherwise normal in height."),
    lumbar_none=("The lumbar vertebral bodies are all normal in height.",),
    named=("The vertebral {bodies} of {levels} demonstrate{s} normal height.",
           "{levels} {are} intact.", "There is no loss of height of {levels}."),
    asides=("There is degenerative disc disease at L4-5 and L5-S1.",
            "Moderate facet hypertrophy is present at the lower lumbar levels.",
            "There are anterior osteophytes at multiple levels.",
            "The abdominal aorta is calcified.", "The bones are osteopenic.",
            "There is mild scoliosis.", "The disc space at L3-4 is narrowed."),
    lead=("", "Lateral radiograph of the lumbar spine.", "Evaluation is limited by osteopenia."),
)  # fmt: skip

BRITISH = Voice(
    shapes={
        Shape.WEDGE: "wedge fracture",
        Shape.BICONCAVE: "biconcave fracture",
        Shape.CRUSH: "crush fracture",
    },
    one=("There is an osteoporotic {shape} of {levels}.", "Collapse of {levels} is noted.",
         "{shape} of {levels} with loss of some {percent}% of its height."),
    many=("Osteoporotic collapse of {levels}.", "There are wedge fractures of {levels}."),
    old_one=("Old {shape} of {levels}.", "Long-standing collapse of {levels}."),
    old_many=("Old wedge fractures of {levels}.",),
    suspected=("Appearances are suspicious of a fracture of {levels}.", "? fracture of {levels}."),
    others=("Vertebral body heights are otherwise maintained.", "No further fracture seen.",
            "The remaining vertebral bodies appear normal."),
    none=("No bony injury.", "No vertebral collapse.", "Vertebral body heights are maintained.",
          "No fracture seen."),
    lumbar_others=("The remaining lumbar vertebral bodies are normal.",),
    lumbar_none=("No lumbar vertebral collapse.", "The lumbar vertebral bodies are normal."),
    named=("{levels} appear{s} normal.", "Height of {levels} is maintained."),
    asides=("Degenerative change at L4/5.", "Facet joint osteoarthrosis.",
            "Reduced disc height L5/S1.",
            "Generalised osteopaenia.", "Aortic calcification noted."),
    lead=("", "Lumbar spine.", "X-ray lumbar spine lateral."),
)  # fmt: skip

#: Findings that stay: films held against earlier ones.
COMPARISON = Voice(
    shapes=PROSE.shapes,
    one=("There is a new {shape} of {levels}.",
         "Since the prior study, a {shape} of {levels} has developed."),
    many=("New compression fractures are seen at {levels}.",),
    old_one=("The compression fracture of {levels} is unchanged.",
             "Stable chronic compression fracture of {levels}."),
    old_many=("The compression fractures of {levels} are unchanged.",),
    suspected=("There may be a new fracture of {levels}.",
               "Slight height loss of {levels} is questionable for a new fracture."),
    others=("The other vertebral bodies are unchanged and intact.",
            "Remaining vertebral body heights are maintained."),
    none=("No new fracture; vertebral body heights are preserved.",
          "Vertebral body heights are preserved, as before."),
    lumbar_others=("The other lumbar vertebral bodies are unchanged in height and normal.",),
    lumbar_none=("The lumbar vertebral bodies remain normal in height.",),
    named=PROSE.named,
    asides=("Degenerative changes have progressed slightly at L4-5.",
            "Disc narrowing at L5-S1 is unchanged."),
    lead=("Compared with the previous study.", "Comparison: radiographs of two years ago."),
)  # fmt: skip

#: Closing sections.
IMPRESSION = Voice(
    shapes={
        Shape.WEDGE: "wedge compression fracture",
        Shape.BICONCAVE: "compression fracture",
        Shape.CRUSH: "crush fracture",
    },
    one=("{shape} of {levels}.", "{levels} {shape}."),
    many=("Compression fractures of {levels}.", "Multiple compression fractures: {levels}."),
    old_one=("Chronic {levels} compression fracture.", "Old compression fracture of {levels}."),
    old_many=("Chronic compression fractures of {levels}.",),
    suspected=("Possible {levels} fracture; MRI recommended.",
               "Cannot exclude a compression fracture of {levels}."),
    others=("No other vertebral fractures.", "Other vertebral bodies are intact."),
    none=("No compression fracture.", "No evidence of fracture.", "No acute osseous abnormality."),
    lumbar_others=("Other lumbar vertebral bodies are intact.",),
    lumbar_none=("No lumbar compression fracture.",),
    named=("{levels} intact.",),
    asides=("Degenerative disc disease.", "Lumbar spondylosis.", "Osteopenia."),
)  # fmt: skip

#: Rows of a report that goes from body to body.
ROW_NORMAL = ("normal", "normal height", "intact", "no fracture")
ROW_SUSPECTED = ("possible fracture", "suspicious for compression fracture")
ROW_OLD = ("chronic {shape}, unchanged", "old {shape}, {percent}% height loss")
ROW_CALLED = ("{shape}, {percent}% height loss", "{shape}")

HISTORIES = (
    "Low back pain.", "Back pain after a fall.", "Osteoporosis, follow-up.",
    "Fall from standing height. Evaluate for compression fracture.",
    "Pain at {level}. Evaluate for {level} fracture.", "Rule out compression fracture.",
    "{age}-year-old {person} with back pain.", "Tenderness over {level}, ?fracture.",
)  # fmt: skip
EXAMS = ("Lumbar spine, lateral", "XR LUMBAR SPINE LATERAL", "X-ray lumbar spine")
