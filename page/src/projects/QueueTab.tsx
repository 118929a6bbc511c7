import { useEffect, useState } from "preact/hooks";
import { getProjectFilms } from "../api";
import { many, percent, probability } from "../format";
import { Status } from "../parts/Status";
import { sentence } from "../parts/useLoaded";
import { filmPath } from "../router";
import type { Project, ProjectFilm, ProjectFilmState } from "../types";
import { STATE_TEXT, STATE_TONE } from "./Progress";

type Shown = "all" | "waiting" | ProjectFilmState;

const SHOWN: readonly { name: Shown; label: string }[] = [
  { name: "all", label: "All" },
  { name: "waiting", label: "Not decided by me" },
  { name: "disagreed", label: "Disagreed" },
  { name: "read_once", label: "Read once" },
  { name: "done", label: "Done" },
];

function questionOf(shown: Shown): { mine?: boolean; state?: ProjectFilmState } {
  if (shown === "all") return {};
  return shown === "waiting" ? { mine: false } : { state: shown };
}

function Line({ film, project }: { film: ProjectFilm; project: Project }) {
  return (
    <tr>
      <td>
        <a href={filmPath(film.film_id, project.id)}>{film.name}</a>
        {film.has_report && <span class="prior">report</span>}
      </td>
      <td class="number">{film.film_state === "read" ? percent(film.doubt) : "not read yet"}</td>
      <td class="number">{probability(film.suspicion)}</td>
      <td>
        <span class={`badge ${STATE_TONE[film.state]}`}>{STATE_TEXT[film.state]}</span>
      </td>
      <td class="number">
        {film.readers} of {project.readers_per_film}
      </td>
      <td>{film.mine ? "decided" : "–"}</td>
      <td class="small">{film.differences.join(" ")}</td>
    </tr>
  );
}

/** Films of the project, those of which the model is least sure first. */
export function QueueTab({ project }: { project: Project }) {
  const [shown, setShown] = useState<Shown>("all");
  const [films, setFilms] = useState<ProjectFilm[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [total, setTotal] = useState(0);
  const [fault, setFault] = useState<string | null>(null);
  const [loading, setLoading] = useState(true);

  const load = async (cursor: string | null) => {
    setLoading(true);
    try {
      const page = await getProjectFilms(project.id, { ...questionOf(shown), cursor, limit: 50 });
      setFilms((before) => (cursor ? [...before, ...page.items] : page.items));
      setNext(page.next);
      setTotal(page.total);
      setFault(null);
    } catch (error) {
      setFault(sentence(error));
    }
    setLoading(false);
  };
  useEffect(() => void load(null), [shown, project.id, JSON.stringify(project.counts)]);

  return (
    <div class="stack">
      <div class="cluster spread">
        <div class="segments" role="group" aria-label="Show">
          {SHOWN.map((one) => (
            <button
              key={one.name}
              type="button"
              aria-pressed={one.name === shown}
              onClick={() => setShown(one.name)}
            >
              {one.label}
            </button>
          ))}
        </div>
        <span class="soft number">{many(total, "film")}, least sure first</span>
      </div>
      <Status loading={loading && films.length === 0} fault={fault} again={() => void load(null)} />
      {!loading && films.length === 0 && !fault && <p class="soft">No films here.</p>}
      {films.length > 0 && (
        <div class="table-scroll">
          <table class="table">
            <thead>
              <tr>
                <th scope="col">Film</th>
                <th scope="col" class="number">
                  Doubt
                </th>
                <th scope="col" class="number">
                  Suspicion
                </th>
                <th scope="col">State</th>
                <th scope="col" class="number">
                  Readers
                </th>
                <th scope="col">Mine</th>
                <th scope="col">What readers see differently</th>
              </tr>
            </thead>
            <tbody>
              {films.map((film) => (
                <Line key={film.film_id} film={film} project={project} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {next && (
        <button type="button" class="button" disabled={loading} onClick={() => void load(next)}>
          Show more
        </button>
      )}
    </div>
  );
}
