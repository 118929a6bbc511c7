/** Drawings and readings made for tests: square bodies one under the other. */
import type { Reading, Vertebra } from "../../src/types";
import { drawingOfReading } from "../../src/viewer/drawing/convert";
import type { Drawing } from "../../src/viewer/drawing/document";
import { withMiddles, type Points } from "../../src/viewer/drawing/geometry";
import { LEVELS, type Level } from "../../src/viewer/drawing/levels";

/** A body 40 wide and 30 high with its upper posterior corner at 100, y. */
export function square(y: number): Points {
  return withMiddles(
    {
      superior_posterior: [100, y],
      superior_anterior: [140, y],
      inferior_anterior: [140, y + 30],
      inferior_posterior: [100, y + 30],
    },
    null,
  );
}

export function vertebra(level: Level, changes: Partial<Vertebra> = {}): Vertebra {
  const points = square(LEVELS.indexOf(level) * 40);
  const { superior_middle, inferior_middle, ...corners } = points;
  const mutable = (point: readonly [number, number]): [number, number] => [point[0], point[1]];
  return {
    level,
    level_confidence: 0.9,
    confidence: 0.9,
    corners_px: {
      superior_posterior: mutable(corners.superior_posterior),
      superior_anterior: mutable(corners.superior_anterior),
      inferior_anterior: mutable(corners.inferior_anterior),
      inferior_posterior: mutable(corners.inferior_posterior),
    },
    mid_endplates_px:
      level === "S1"
        ? null
        : { superior: mutable(superior_middle), inferior: mutable(inferior_middle) },
    assessable: level !== "S1",
    reasons: level === "S1" ? ["Fracture is not judged at this level."] : [],
    fracture_probability: 0.02,
    fractured: false,
    genant_grade: level === "S1" ? null : 0,
    shape: level === "S1" ? null : "normal",
    heights_px: null,
    height_loss: level === "S1" ? null : 0.01,
    ...changes,
  };
}

export function reading(vertebrae: Vertebra[]): Reading {
  return {
    schema: "spondyl.reading/1",
    film: {
      path: null, sha256: "", size_px: [400, 500], posterior_side: "left", inverted: false,
      spacing_mm: null, spacing_source: null,
    },
    model: { name: "spondyl", version: "0", sha256: "" },
    site: "default",
    assessable: true,
    reasons: [],
    fracture_probability: 0.02,
    threshold: 0.5,
    fractured: false,
    numbering: { confidence: 0.9, assumption: "", alternative_shift: 0 },
    vertebrae,
    warnings: [],
  };
}

export function spine(...levels: Level[]): Drawing {
  return drawingOfReading(reading(levels.map((level) => vertebra(level))));
}
