/** The viewer's code: large, so fetched apart from the worklist's, but before it is asked for. */
export const loadViewer = () => import("../viewer");

/** How long after the page's opening nothing but the worklist is worked on. */
const CALM_MS = 1200;

/** Fetch it once the page has nothing better to do; a failure is told when a film is opened. */
export function loadViewerSoon(): () => void {
  const load = () => void loadViewer().catch(() => {});
  const timer = setTimeout(() => {
    if ("requestIdleCallback" in window) requestIdleCallback(load);
    else load();
  }, CALM_MS);
  return () => clearTimeout(timer);
}
