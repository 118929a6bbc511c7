/** Longest wait: a tab in the background is not painted at all. */
const MOST_MS = 500;
/** For what is drawn to come to the screen before more is worked on. */
const IDLE_MS = 200;

/** Call once what was drawn just now is on the screen; returns a function that calls it off. */
export function afterPaint(call: () => void): () => void {
  let open = true;
  const once = (): void => {
    if (open) call();
    open = false;
  };
  requestAnimationFrame(() => {
    if ("requestIdleCallback" in window) requestIdleCallback(once, { timeout: IDLE_MS });
    else setTimeout(once);
  });
  setTimeout(once, MOST_MS);
  return () => {
    open = false;
  };
}
