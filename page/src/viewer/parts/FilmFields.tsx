/** What a reader says of the film as a whole. */
import { setAssessable, setComment } from "../drawing/edits";
import type { FilmRoom } from "../room/room";

export function FilmFields({ room }: { room: FilmRoom }) {
  const { state, editing } = room;
  const { assessable, comment } = state.drawing.value;
  const readOnly = state.readOnly.value !== null;
  if (!state.film.value) return null;
  return (
    <div class="film-fields">
      <label>
        <input
          type="checkbox"
          checked={assessable}
          disabled={readOnly}
          onChange={(event) => {
            const wanted = event.currentTarget.checked;
            editing.apply((drawing) => setAssessable(drawing, wanted));
          }}
        />
        This film can be assessed
      </label>
      <label class="comment">
        Comment
        <input
          value={comment}
          disabled={readOnly}
          maxLength={2000}
          onChange={(event) => {
            const words = event.currentTarget.value;
            editing.apply((drawing) => setComment(drawing, words));
          }}
        />
      </label>
    </div>
  );
}
