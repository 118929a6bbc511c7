/** Addresses without a hash: the page's state of where one is. */
import { signal } from "@preact/signals";

export type Route =
  | { name: "worklist" }
  | { name: "film"; id: string; project: string | null }
  | { name: "projects" }
  | { name: "project"; id: string }
  | { name: "quality" }
  | { name: "users" }
  | { name: "sign-in" }
  | { name: "unknown"; path: string };

/** A part of an address as text; a malformed one stays as it is, and names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The route of an address such as `/films/abc?project=def`. */
export function parse(address: string): Route {
  const url = new URL(address, "http://room.invalid");
  const parts = url.pathname.split("/").filter(Boolean).map(decoded);
  const [first, second, ...rest] = parts;
  if (rest.length > 0) return { name: "unknown", path: url.pathname };
  if (first === undefined) return { name: "worklist" };
  if (first === "films") {
    if (second === undefined) return { name: "worklist" };
    return { name: "film", id: second, project: url.searchParams.get("project") };
  }
  if (first === "projects") {
    return second === undefined ? { name: "projects" } : { name: "project", id: second };
  }
  if (second === undefined && (first === "quality" || first === "users" || first === "sign-in")) {
    return { name: first };
  }
  return { name: "unknown", path: url.pathname };
}

export function filmPath(id: string, project?: string | null): string {
  const tail = project ? `?project=${encodeURIComponent(project)}` : "";
  return `/films/${encodeURIComponent(id)}${tail}`;
}

const here = () => location.pathname + location.search;

export const route = signal<Route>({ name: "worklist" });

/** Go to an address of the page; `replace` leaves no step behind for the back button. */
export function navigate(path: string, options: { replace?: boolean } = {}): void {
  if (path !== here()) {
    if (options.replace) history.replaceState(null, "", path);
    else history.pushState(null, "", path);
  }
  route.value = parse(path);
}

/** Follow the browser's back and forward, and turn clicks on the page's own links into steps. */
export function startRouter(): void {
  route.value = parse(here());
  addEventListener("popstate", () => {
    route.value = parse(here());
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.("a");
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) {
      return;
    }
    if (/^\/(api\/|health|ready|metrics)/.test(link.pathname) || link.pathname.includes(".")) return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  });
}
