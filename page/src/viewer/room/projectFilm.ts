/** What a labelling project adds to a film: the reader's part in it and the film's report of old. */
import { getProject, getProjectFilms } from "../../api";
import type { ProjectFilm } from "../../types";
import type { RoomState } from "./state";

/** Pages looked through for the film; the project hands the least sure films out first. */
const MOST_PAGES = 5;
const PAGE = 200;

export async function loadProjectFilm(state: RoomState, project: string, filmId: string): Promise<void> {
  const about = await getProject(project);
  const me = state.user.value?.id;
  state.adjudicator.value = Boolean(
    about.members?.some(({ user_id, role }) => user_id === me && role === "adjudicator"),
  );
  const found = await findFilm(project, filmId);
  if (state.film.value?.id === filmId) state.projectFilm.value = found;
}

async function findFilm(project: string, filmId: string): Promise<ProjectFilm | null> {
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const films: Awaited<ReturnType<typeof getProjectFilms>> = await getProjectFilms(project, {
      cursor,
      limit: PAGE,
    });
    const found = films.items.find(({ film_id }) => film_id === filmId);
    if (found || !films.next) return found ?? null;
    cursor = films.next;
  }
  return null;
}
