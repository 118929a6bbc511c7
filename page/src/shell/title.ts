import { useEffect } from "preact/hooks";
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

/** The window's title; a new place on the page is also told to screen readers by it. */
export function useTitle(at: Route): void {
  useEffect(() => {
    document.title = `${TITLES[at.name]} · Spondyl`;
  }, [at.name]);
}
