import { personName } from "../format";
import { Dialog } from "../parts/Dialog";
import { deleting, remove } from "./actions";

export function DeleteDialog() {
  const film = deleting.value;
  if (!film) return null;
  const close = () => (deleting.value = null);
  return (
    <Dialog title="Delete this film?" onClose={close}>
      <p>
        <strong>{personName(film.patient_name) || film.name}</strong>, {film.name}. The film
        and its readings go; what was decided on it stays.
      </p>
      <footer>
        <button type="button" class="button" onClick={close}>
          Keep it
        </button>
        <button type="button" class="button danger" onClick={() => void remove(film)}>
          Delete
        </button>
      </footer>
    </Dialog>
  );
}
