/** In a labelling project: what the readers of a film see differently, for whoever settles it. */
import type { FilmRoom } from "../room/room";

export function Differences({ room }: { room: FilmRoom }) {
  const found = room.state.projectFilm.value?.differences ?? [];
  if (found.length === 0) return null;
  return (
    <section class="differences" aria-labelledby="differences-title">
      <h2 id="differences-title">Readers differ</h2>
      <ul>
        {found.map((sentence) => <li key={sentence}>{sentence}</li>)}
      </ul>
    </section>
  );
}
