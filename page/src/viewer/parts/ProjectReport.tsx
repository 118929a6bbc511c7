/** In a labelling project: the film's report of old and the words found in it. */
import type { FilmRoom } from "../room/room";

export function ProjectReport({ room }: { room: FilmRoom }) {
  const found = room.state.projectFilm.value;
  if (!found || (!found.report_text && !found.report_words)) return null;
  return (
    <section class="project-report" aria-labelledby="project-report-title">
      <h2 id="project-report-title">Report with this film</h2>
      {wordsOf(found.report_words).map((word) => <span key={word} class="chip">{word}</span>)}
      {found.report_text && <p>{found.report_text}</p>}
    </section>
  );
}

/** The words come as a list or as one entry per level; both are shown as short phrases. */
function wordsOf(words: unknown): string[] {
  if (Array.isArray(words)) return words.map(String);
  if (words && typeof words === "object") {
    return Object.entries(words).map(([name, value]) =>
      typeof value === "object" ? `${name}: ${JSON.stringify(value)}` : `${name}: ${String(value)}`,
    );
  }
  return words ? [String(words)] : [];
}
