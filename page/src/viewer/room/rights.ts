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
  if (film.readers >= project.readers_per_film) {
    if (!film.mine) return "Other readers have decided this film already.";
    // Neither is blind any more: a change would no longer be a reading of one's own.
    if (project.readers_per_film > 1) {
      return "Both readers have decided this film; an adjudicator settles what they see differently.";
    }
  }
  return null;
}
