/** Readings and decisions as drawings, and drawings as what the server takes. */
import type {
  BodyPoints, DecidedBody, DecisionBody, MeasureQuestion, Reading, Vertebra,
} from "../../types";
import type { Body, Drawing, ModelSaid, Status } from "./document";
import { namedBodies } from "./document";
import { POINTS, withMiddles, type Points } from "./geometry";
import { isLevel, placeOf, type Level } from "./levels";

/** What the model found, as a reader first sees it. */
export function drawingOfReading(reading: Reading): Drawing {
  const sixLumbar = reading.vertebrae.some(({ level }) => level === "L6");
  return {
    bodies: reading.vertebrae.map((vertebra, key) => modelBody(vertebra, key, sixLumbar)),
    posterior: reading.film.posterior_side,
    sixLumbar,
    shift: 0,
    assessable: reading.assessable,
    comment: "",
  };
}

function modelBody(vertebra: Vertebra, key: number, sixLumbar: boolean): Body {
  return {
    key,
    place: placeOf(vertebra.level, sixLumbar),
    points: withMiddles(vertebra.corners_px, vertebra.mid_endplates_px),
    status: statusOf(vertebra),
    grade: vertebra.genant_grade,
    shape: vertebra.shape,
    origin: "model",
    judgedByHand: false,
    note: "",
    model: saidOf(vertebra),
  };
}

const statusOf = (vertebra: Vertebra): Status =>
  !vertebra.assessable ? "unknown" : vertebra.fractured ? "fractured" : "normal";

function saidOf(vertebra: Vertebra): ModelSaid {
  return {
    level: vertebra.level,
    probability: vertebra.fracture_probability,
    fractured: vertebra.fractured,
    assessable: vertebra.assessable,
    reasons: vertebra.reasons,
    grade: vertebra.genant_grade,
    shape: vertebra.shape,
    heightLoss: vertebra.height_loss,
  };
}

/**
 * A decision made before, with what the model had said beside it. The model's word belongs to the
 * name that it gave, which the decision's shift leads back to.
 */
export function drawingOfDecision(decided: DecisionBody, reading: Reading | null): Drawing {
  const sixLumbar =
    decided.vertebrae.some(({ level }) => level === "L6") ||
    (reading?.vertebrae.some(({ level }) => level === "L6") ?? false);
  const said = new Map((reading?.vertebrae ?? []).map((v) => [placeOf(v.level, sixLumbar), v]));
  return {
    bodies: decided.vertebrae
      .filter(({ level }) => isLevel(level))
      .map((body, key) => decidedBody(body, key, decided.shift, sixLumbar, said)),
    posterior: decided.posterior_side,
    sixLumbar,
    shift: decided.shift,
    assessable: decided.assessable,
    comment: decided.comment,
  };
}

function decidedBody(
  body: DecidedBody,
  key: number,
  shift: number,
  sixLumbar: boolean,
  said: ReadonlyMap<number, Vertebra>,
): Body {
  const place = placeOf(body.level, sixLumbar) - shift;
  const vertebra = said.get(place);
  return {
    key,
    place,
    points: pointsOf(body.points_px),
    status: body.status === "normal" || body.status === "fractured" ? body.status : "unknown",
    grade: body.genant_grade,
    shape: body.shape,
    origin: body.origin,
    judgedByHand: body.origin === "reader",
    note: body.note,
    model: vertebra ? saidOf(vertebra) : null,
  };
}

export function pointsOf(points: BodyPoints): Points {
  const { superior_middle: superior, inferior_middle: inferior } = points;
  return withMiddles(points, superior && inferior ? { superior, inferior } : null);
}

/** All six points, or the corners of the sacrum, which has no mid-endplates. */
export function pointsForServer(points: Points, level: Level): BodyPoints {
  const names = level === "S1" ? POINTS.slice(0, 4) : POINTS;
  const sent: Record<string, [number, number]> = {};
  for (const name of names) {
    // A hundredth of a pixel is finer than any hand; more digits only swell what is kept.
    const [x, y] = points[name];
    sent[name] = [Math.round(x * 100) / 100, Math.round(y * 100) / 100];
  }
  return sent as BodyPoints;
}

export function decisionBody(drawing: Drawing): DecisionBody {
  return {
    vertebrae: namedBodies(drawing).map(({ body, level }) => ({
      level,
      points_px: pointsForServer(body.points, level),
      status: body.status,
      genant_grade: body.grade,
      shape: body.shape,
      origin: body.origin,
      note: body.note,
    })),
    posterior_side: drawing.posterior,
    shift: drawing.shift,
    assessable: drawing.assessable,
    comment: drawing.comment,
  };
}

/** A body that a reader drew and did not judge by hand: its grade is what its points say. */
export const followsMeasure = (body: Body): boolean =>
  body.origin === "reader" && !body.judgedByHand;

/**
 * What is said of a body already, so that the report says the same. Of one that follows its
 * measure nothing is: it is to be found.
 */
function callOf(body: Body) {
  const heightLoss = body.origin === "model" ? (body.model?.heightLoss ?? null) : null;
  return {
    status: body.status,
    genant_grade: body.grade,
    shape: body.shape,
    height_loss: heightLoss,
  };
}

/** The question to `/measure`. */
export function measureQuestion(
  drawing: Drawing,
  film: {
    id: string;
    size: [number, number];
    spacing: [number, number] | null;
    source: "calibrated" | "detector" | null;
  },
): MeasureQuestion {
  const question = {
    film_id: film.id,
    size_px: film.size,
    spacing_mm: film.spacing,
    // Without a spacing its source says nothing, and the server takes no null for it.
    ...(film.source ? { spacing_source: film.source } : {}),
    posterior_side: drawing.posterior,
    vertebrae: namedBodies(drawing).map(({ body, level }) => ({
      level,
      points_px: pointsForServer(body.points, level),
      ...(followsMeasure(body) ? {} : callOf(body)),
    })),
  };
  return question;
}
