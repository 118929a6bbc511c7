/** Many files are handed over in portions: one request each, small enough to show progress. */

export const MOST_FILES = 8;
export const MOST_BYTES = 64e6;

export function portions<T extends { size: number }>(
  files: readonly T[],
  mostFiles = MOST_FILES,
  mostBytes = MOST_BYTES,
): T[][] {
  const all: T[][] = [];
  let now: T[] = [];
  let size = 0;
  for (const file of files) {
    if (now.length > 0 && (now.length >= mostFiles || size + file.size > mostBytes)) {
      all.push(now);
      now = [];
      size = 0;
    }
    now.push(file);
    size += file.size;
  }
  if (now.length > 0) all.push(now);
  return all;
}
