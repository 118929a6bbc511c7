/** Every change a reader can make, each from one drawing to the next. */
import {
  centre, distance, mapPoints, minus, add, scale, turnedRound, type Point, type PointName,
} from "./geometry";
import type { Points } from "./geometry";
import { chain, isJudged, placeOf, type Level } from "./levels";
import { bodyByKey, levelOf, namedBodies } from "./document";
import type { Body, Drawing, Grade, Shape, Status } from "./document";

/** A change that cannot be made, said to the reader. */
export class EditRefused extends Error {}

function replace(drawing: Drawing, key: number, change: (body: Body) => Body): Drawing {
  return {
    ...drawing,
    bodies: drawing.bodies.map((body) => (body.key === key ? change(body) : body)),
  };
}

/** Move one point. A corner takes its half of the endplate's middle along, so shape is kept. */
export function movePoint(drawing: Drawing, key: number, name: PointName, to: Point): Drawing {
  return replace(drawing, key, (body) => {
    const step = minus(to, body.points[name]);
    const points = { ...body.points, [name]: to };
    if (!name.endsWith("_middle")) {
      const middle: PointName = name.startsWith("superior") ? "superior_middle" : "inferior_middle";
      points[middle] = add(body.points[middle], scale(step, 0.5));
    }
    // The grade follows the points again, unless the reader said that none can be given.
    return { ...body, points, origin: "reader", judgedByHand: body.status === "unknown" };
  });
}

export function moveBody(drawing: Drawing, key: number, step: Point): Drawing {
  return replace(drawing, key, (body) => ({
    ...body,
    points: mapPoints(body.points, (point) => add(point, step)),
    origin: "reader",
    // Its shape is the same, and so is what was said of it.
    judgedByHand: body.judgedByHand || body.origin === "model",
  }));
}

export function removeBody(drawing: Drawing, key: number): Drawing {
  return { ...drawing, bodies: drawing.bodies.filter((body) => body.key !== key) };
}

export function setStatus(drawing: Drawing, key: number, status: Status): Drawing {
  return replace(drawing, key, (body) => ({
    ...body,
    status,
    // A fracture has a grade and a normal body has none; unknown gives neither.
    grade: status === "normal" ? 0 : status === "fractured" ? atLeastMild(body.grade) : null,
    shape: status === "normal" ? "normal" : status === "unknown" ? null : notNormal(body.shape),
    origin: "reader",
    judgedByHand: true,
  }));
}

export function setGrade(drawing: Drawing, key: number, grade: Grade): Drawing {
  return replace(drawing, key, (body) => ({
    ...body,
    grade,
    status: grade > 0 ? "fractured" : "normal",
    shape: grade > 0 ? notNormal(body.shape) : "normal",
    origin: "reader",
    judgedByHand: true,
  }));
}

/** Of a fractured body: which height it lost. */
export function setShape(drawing: Drawing, key: number, shape: Shape): Drawing {
  return replace(drawing, key, (body) => ({
    ...body,
    shape: body.status === "fractured" ? notNormal(shape) : body.shape,
    origin: "reader",
    judgedByHand: true,
  }));
}

export const atLeastMild = (grade: Grade | null): Grade => (grade ? grade : 1);
const notNormal = (shape: Shape | null): Shape | null => (shape === "normal" ? "wedge" : shape);

export function setNote(drawing: Drawing, key: number, note: string): Drawing {
  return replace(drawing, key, (body) => ({ ...body, note }));
}

export function setAssessable(drawing: Drawing, assessable: boolean): Drawing {
  return { ...drawing, assessable };
}

export function setComment(drawing: Drawing, comment: string): Drawing {
  return { ...drawing, comment };
}

/**
 * Take the film's other side for the posterior one. The points stay where they are and what was an
 * anterior corner is a posterior one, so that grades follow; a reader's own word stays his.
 */
export function turnSide(drawing: Drawing): Drawing {
  return {
    ...drawing,
    posterior: drawing.posterior === "left" ? "right" : "left",
    bodies: drawing.bodies.map((body) => ({
      ...body,
      points: turnedRound(body.points),
      origin: "reader",
      judgedByHand: body.judgedByHand || body.status === "unknown",
    })),
  };
}

/** Farther off than this no numbering is a slip of one. */
const MOST_SHIFT = 3;

/** Rename the whole spine. Refused when no body would keep a name. */
export function shiftNames(drawing: Drawing, by: number): Drawing {
  const shifted = { ...drawing, shift: drawing.shift + by };
  if (Math.abs(shifted.shift) > MOST_SHIFT) {
    throw new EditRefused(
      `The spine is ${MOST_SHIFT} levels from what the model named already; rename single bodies.`,
    );
  }
  if (namedBodies(shifted).length === 0) {
    throw new EditRefused("The spine cannot be renumbered further: no body would keep a name.");
  }
  return shifted;
}

/**
 * Give a body another name. A body that holds that name already moves on by one, and so on along
 * the spine: two bodies never share a name, and their order never changes.
 */
export function setLevel(drawing: Drawing, key: number, level: Level): Drawing {
  const six = drawing.sixLumbar || level === "L6";
  // In a spine with L6 the sacrum comes one place later: it is pushed on like any other body.
  const widened = six === drawing.sixLumbar ? drawing : { ...drawing, sixLumbar: six };
  const body = bodyByKey(widened, key);
  if (!body) return drawing;
  const wanted = placeOf(level, six) - widened.shift;
  const way = Math.sign(wanted - body.place);
  if (way === 0) return widened;
  const taken = new Map<number, Body>();
  for (const other of widened.bodies) if (other.key !== key) taken.set(other.place, other);
  const moved = new Map<number, number>([[key, wanted]]);
  for (let place = wanted, other = taken.get(place); other; other = taken.get(place)) {
    place += way;
    moved.set(other.key, place);
  }
  for (const other of widened.bodies) {
    const passed = Math.sign(wanted - other.place) === way && Math.sign(other.place - body.place) === way;
    if (passed && !moved.has(other.key)) {
      throw new EditRefused(
        `${level} lies past ${levelOf(widened, other) ?? "another body"}: the order of the bodies ` +
          "is their place on the film. Rename the bodies in between first.",
      );
    }
  }
  return {
    ...widened,
    bodies: widened.bodies.map((other) =>
      moved.has(other.key)
        ? renamed(other, moved.get(other.key)!)
        : other,
    ),
  };
}

/** Another name is no other judgement: what was said of the body stays. */
function renamed(body: Body, place: number): Body {
  return { ...body, place, origin: "reader", judgedByHand: body.judgedByHand || body.origin === "model" };
}

/** The names that no body has. */
export function freeLevels(drawing: Drawing): Level[] {
  const taken = new Set(namedBodies(drawing).map(({ level }) => level));
  return chain(drawing.sixLumbar).filter((level) => !taken.has(level));
}

/** The name that a body to be added most likely has: a gap in the spine, else next to its ends. */
export function likeliestFree(drawing: Drawing): Level | null {
  const taken = namedBodies(drawing).map(({ body }) => body.place + drawing.shift);
  const [top, bottom] = [Math.min(...taken), Math.max(...taken)];
  const away = (level: Level): number => {
    const place = placeOf(level, drawing.sixLumbar);
    return taken.length === 0 ? 0 : Math.max(0, top - place, place - bottom);
  };
  const free = freeLevels(drawing);
  return [...free].sort((a, b) => away(a) - away(b))[0] ?? null;
}

/** Add a body with a free name. */
export function addBody(drawing: Drawing, level: Level, points: Points): [Drawing, number] {
  if (!freeLevels(drawing).includes(level)) {
    throw new EditRefused(`${level} is on the film already. Rename or remove that body first.`);
  }
  const key = 1 + Math.max(0, ...drawing.bodies.map((body) => body.key));
  const body: Body = {
    key,
    place: placeOf(level, drawing.sixLumbar) - drawing.shift,
    points,
    status: isJudged(level) ? "normal" : "unknown",
    grade: isJudged(level) ? 0 : null,
    shape: isJudged(level) ? "normal" : null,
    origin: "reader",
    judgedByHand: false,
    note: "",
    model: null,
  };
  return [{ ...drawing, bodies: [...drawing.bodies, body] }, key];
}

/**
 * Where the next body would be if the spine went on as it does: the neighbour's shape, moved by
 * the step between the two bodies before, or by its own height and a disc where it is alone.
 */
export function neighbourShape(drawing: Drawing, level: Level): Points | null {
  const named = namedBodies(drawing);
  const place = placeOf(level, drawing.sixLumbar) - drawing.shift;
  const nearest = [...named].sort(
    (a, b) => Math.abs(a.body.place - place) - Math.abs(b.body.place - place),
  )[0];
  if (!nearest) return null;
  const opposite = named.find(
    ({ body }) => Math.sign(body.place - place) === -Math.sign(nearest.body.place - place),
  );
  const from = centre(nearest.body.points);
  if (opposite) {
    const share = (place - nearest.body.place) / (opposite.body.place - nearest.body.place);
    const step = scale(minus(centre(opposite.body.points), from), share);
    return mapPoints(nearest.body.points, (point) => add(point, step));
  }
  const before = named.find(
    ({ body }) => Math.abs(body.place - place) === Math.abs(nearest.body.place - place) + 1,
  );
  const places = place - nearest.body.place;
  const step = before
    ? scale(minus(from, centre(before.body.points)), Math.abs(places))
    : scale(ownStep(nearest.body.points), places);
  return mapPoints(nearest.body.points, (point) => add(point, step));
}

/** A body's height and a disc of a third of it, downward along its own walls. */
function ownStep(points: Points): Point {
  const down = add(
    minus(points.inferior_posterior, points.superior_posterior),
    minus(points.inferior_anterior, points.superior_anterior),
  );
  const length = Math.max(1e-6, distance([0, 0], down));
  return scale(down, ((length / 2) * 1.33) / length);
}
