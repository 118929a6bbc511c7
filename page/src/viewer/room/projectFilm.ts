/** What a labelling project adds to a film: the reader's part in it and the film's report of old. */
import { getProject, getProjectFilm } from "../../api";
import { whyReadOnly } from "./rights";
import type { RoomState } from "./state";

export async function loadProjectFilm(
  state: RoomState,
  project: string,
  filmId: string,
): Promise<void> {
  const [about, film] = await Promise.all([getProject(project), getProjectFilm(project, filmId)]);
  if (state.film.value?.id !== filmId) return;
  state.projectFilm.value = film;
  state.readOnly.value = whyReadOnly(about, film);
  // An adjudicator's word comes when all readers of the film have given theirs.
  state.adjudicator.value =
    about.my_role === "adjudicator" && !about.closed && film.readers >= about.readers_per_film;
}
