/** Who may decide on a project's film, as far as the page can know. The server has the last word. */
import type { Project, ProjectFilmDetail } from "../../types";

/** Why this user only looks on; null where he may decide. */
export function whyReadOnly(project: Project, film: ProjectFilmDetail): string | null {
  if (project.closed) return "The project is closed: its labels stay as they are.";
  if (project.my_role === null) {
    return "Only members of a project label its films; you manage it, but are no member.";
  }
  if (project.my_role === "adjudicator") return null;
  if (film.settled) return "An adjudicator has settled this film; its labels are final.";
  if (film.readers >= project.readers_per_film && !film.mine) {
    return "Other readers have decided this film already.";
  }
  return null;
}
