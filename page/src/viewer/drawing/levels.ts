/** Names of the bodies, top to bottom, and what moving a name along the spine means. */

import { LEVELS, type Level } from "../../types";

export { LEVELS, type Level };

const ORDINARY: readonly Level[] = LEVELS.filter((level) => level !== "L6");

/**
 * The names a spine uses. L6 is among them only in a spine that has one: in every other, the name
 * under L5 is S1, and a shift by one must take L5 there.
 */
export function chain(sixLumbar: boolean): readonly Level[] {
  return sixLumbar ? LEVELS : ORDINARY;
}

/** The name at a place of the chain; null past either end, where no name is given. */
export function levelAt(place: number, sixLumbar: boolean): Level | null {
  return chain(sixLumbar)[place] ?? null;
}

export function placeOf(level: Level, sixLumbar: boolean): number {
  return chain(sixLumbar).indexOf(level);
}

export function isLevel(text: string): text is Level {
  return (LEVELS as readonly string[]).includes(text);
}

/** The sacrum has no two endplates to measure: it is drawn by its corners and never judged. */
export function isJudged(level: Level | null): boolean {
  return level !== null && level !== "S1";
}
