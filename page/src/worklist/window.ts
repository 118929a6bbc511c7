/** Arithmetic of a list of which only the visible rows exist. Pure functions. */

export interface Span {
  /** First row to draw. */
  first: number;
  /** One past the last row to draw. */
  end: number;
}

/** Rows in sight, with `margin` rows more above and below. */
export function visible(
  scrollTop: number,
  height: number,
  rowHeight: number,
  total: number,
  margin = 6,
): Span {
  if (rowHeight <= 0 || total <= 0) return { first: 0, end: 0 };
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - margin);
  const end = Math.min(total, Math.ceil((scrollTop + height) / rowHeight) + margin);
  return { first: Math.min(first, total), end: Math.max(end, Math.min(first, total)) };
}

/** Where to scroll so that a row is wholly in sight, or null where it is. */
export function scrollFor(
  row: number,
  scrollTop: number,
  height: number,
  rowHeight: number,
): number | null {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height;
  return null;
}

/** A row index within the list. */
export const clampRow = (row: number, total: number): number =>
  Math.max(0, Math.min(total - 1, row));
