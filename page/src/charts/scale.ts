/** Axes of small charts. Pure functions. */

/** Round numbers about `wanted` in number that span low..high: 0, 20, 40 … */
export function ticks(low: number, high: number, wanted = 5): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const all: number[] = [];
  for (let i = first; i <= last; i += 1) all.push(Number((i * step).toPrecision(12)));
  return all;
}

/** A linear map from low..high to from..to. */
export function scale(low: number, high: number, from: number, to: number) {
  const width = high - low || 1;
  return (value: number): number => from + ((value - low) / width) * (to - from);
}

/** The next round number at or above a value, for an axis' end. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((f) => f * power >= value * (1 - 1e-9));
  return (factor ?? 10) * power;
}

/** Every how many-th label of a row of categories is written, so that they do not touch. */
export const every = (labels: number, fitting: number): number =>
  Math.max(1, Math.ceil(labels / Math.max(1, fitting)));

/** Round bounds of at most `most` equal bins that hold every value from 0 to `least` and beyond. */
export function bounds(values: readonly number[], least: number, most = 12): number[] {
  const highest = Math.max(least, ...values);
  const [, step = highest] = ticks(0, highest, most - 1);
  const bins = Math.max(1, Math.ceil(highest / step - 1e-9));
  return Array.from({ length: bins + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Counts of values in equal bins from 0 to `end`. */
export function histogram(values: readonly number[], bins: number, end: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((value / end) * bins)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

export function extent(values: readonly number[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}
