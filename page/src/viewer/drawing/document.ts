/**
 * What a reader draws: the bodies of one film with their names, as one immutable value.
 *
 * Immutable, because undo, the comparison "has anything changed?" and the decision sent to the
 * server all need whole states, never half-made ones.
 */
import type { Points } from "./geometry";
import type { GenantGrade as Grade, Shape, Side } from "../../types";
import { levelAt, type Level } from "./levels";

export type { Grade, Shape, Side };
/** As in data sets: unknown gives no answer, neither normal nor fractured. */
export type Status = "normal" | "fractured" | "unknown";

/** What the model had said of a body; kept beside the reader's word, never replaced by it. */
export interface ModelSaid {
  readonly level: Level;
  readonly probability: number;
  readonly fractured: boolean;
  readonly assessable: boolean;
  readonly reasons: readonly string[];
  readonly grade: Grade | null;
  readonly shape: Shape | null;
  readonly heightLoss: number | null;
}

export interface Body {
  /** Stays with the body through renaming, so that a selection does, too. */
  readonly key: number;
  /** Place in the chain of names before the spine's shift is added. */
  readonly place: number;
  readonly points: Points;
  readonly status: Status;
  readonly grade: Grade | null;
  readonly shape: Shape | null;
  readonly origin: "model" | "reader";
  /** The reader set status and grade by hand: measuring no longer overrules them. */
  readonly judgedByHand: boolean;
  readonly note: string;
  readonly model: ModelSaid | null;
}

export interface Drawing {
  readonly bodies: readonly Body[];
  readonly posterior: Side;
  readonly sixLumbar: boolean;
  /** Places that the whole spine was renamed by; 1 makes L1 L2. */
  readonly shift: number;
  readonly assessable: boolean;
  readonly comment: string;
}

export function levelOf(drawing: Drawing, body: Body): Level | null {
  return levelAt(body.place + drawing.shift, drawing.sixLumbar);
}

/** The bodies that have a name, top to bottom. Those shifted past the ends wait unnamed. */
export function namedBodies(drawing: Drawing): { body: Body; level: Level }[] {
  return drawing.bodies
    .flatMap((body) => {
      const level = levelOf(drawing, body);
      return level ? [{ body, level }] : [];
    })
    .sort((a, b) => a.body.place - b.body.place);
}

/** On which side of the screen a side of the film is. */
export const seenSide = (side: Side, flipped: boolean): Side =>
  flipped === (side === "left") ? "right" : "left";

export function bodyByKey(drawing: Drawing, key: number | null): Body | null {
  return drawing.bodies.find((body) => body.key === key) ?? null;
}
