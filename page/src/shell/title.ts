import { useEffect, useRef } from "preact/hooks";
import type { Route } from "../router";

const TITLES: Record<Route["name"], string> = {
  worklist: "Worklist",
  film: "Film",
  projects: "Projects",
  project: "Project",
  quality: "Quality",
  users: "Users",
  "sign-in": "Sign in",
  unknown: "Not found",
};

/** The window's title; and where one comes to another room, the focus goes there, too. */
export function useTitle(at: Route): void {
  const first = useRef(true);
  useEffect(() => {
    document.title = `${TITLES[at.name]} · Spondyl`;
    if (!first.current) document.getElementById("main")?.focus({ preventScroll: true });
    first.current = false;
  }, [at.name]);
}
