/** In a labelling project: the film's report of old and the words found in it. */
import type { FilmRoom } from "../room/room";

export function ProjectReport({ room }: { room: FilmRoom }) {
  const found = room.state.projectFilm.value;
  if (!found || (!found.report_text && !found.report_words)) return null;
  return (
    <section class="project-report" aria-labelledby="project-report-title">
      <h2 id="project-report-title">Report with this film</h2>
      <ul class="report-words">
        {Object.entries(found.report_words ?? {}).map(([level, word]) => (
          <li key={level}>
            <b>{level}</b> {word.status ?? ""} {word.text && <q>{word.text}</q>}
          </li>
        ))}
      </ul>
      {found.report_text && <p>{found.report_text}</p>}
    </section>
  );
}
