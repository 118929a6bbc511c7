/** The whole viewer. */
import type { FilmRoom } from "../room/room";
import { PriorFilm } from "./Compare";
import { ConflictDialog } from "./Decide";
import { MainFilm } from "./Film";
import { Panel } from "./Panel";
import { Toolbar } from "./Toolbar";

export function Viewer({ room }: { room: FilmRoom }) {
  const { state } = room;
  return (
    <div class={`viewer ${state.comparing.value ? "is-comparing" : ""}`}>
      <div class="viewer-main">
        <Toolbar room={room} />
        <div class="film-pair">
          {state.comparing.value && <PriorFilm room={room} />}
          <MainFilm key="main" room={room} />
        </div>
        <p class="film-notice" role="status" aria-live="polite">{state.notice.value}</p>
      </div>
      <Panel room={room} />
      <ConflictDialog room={room} />
    </div>
  );
}
