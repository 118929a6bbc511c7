/** Undo and redo over whole states. */

export interface History<State> {
  readonly past: readonly State[];
  readonly present: State;
  readonly future: readonly State[];
}

/** A reader's session on one film stays far below this; it bounds memory all the same. */
const MOST_STEPS = 500;

export function begin<State>(present: State): History<State> {
  return { past: [], present, future: [] };
}

/** A new state; what had been undone is given up. The same state again is no step. */
export function push<State>(history: History<State>, next: State): History<State> {
  if (Object.is(next, history.present)) return history;
  return { past: [...history.past, history.present].slice(-MOST_STEPS), present: next, future: [] };
}

/**
 * Replace the present without a step: the many positions of one drag, or a measured grade that
 * follows the points, are not things to undo one by one.
 */
export function amend<State>(history: History<State>, present: State): History<State> {
  return { ...history, present };
}

export function undo<State>(history: History<State>): History<State> {
  const back = history.past.at(-1);
  if (back === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: back,
    future: [history.present, ...history.future],
  };
}

export function redo<State>(history: History<State>): History<State> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future };
}
