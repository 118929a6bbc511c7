/** The film viewer: mount it into an element, dispose of it when leaving. */
import { h, render } from "preact";

import { navigate } from "../router";
import { Viewer } from "./parts/Viewer";
import { viewerKeys } from "./room/keys";
import { FilmRoom } from "./room/room";
import "./viewer.css";

export interface ViewerOptions {
  /** Decisions are made inside this project. */
  project?: string | undefined;
  /** Another film is wanted. */
  onNavigate(id: string): void;
}

export function mountViewer(
  host: HTMLElement,
  filmId: string,
  options: ViewerOptions,
): { dispose(): void } {
  const project = options.project ?? null;
  const room = new FilmRoom(filmId, {
    project,
    onNavigate: options.onNavigate,
    onBack: () => navigate(project ? `/projects/${encodeURIComponent(project)}` : "/"),
  });
  render(h(Viewer, { room }), host);
  const stopKeys = viewerKeys(room);
  return {
    dispose() {
      stopKeys();
      room.dispose();
      render(null, host);
    },
  };
}
