import { useRef, useState } from "preact/hooks";
import { addProjectFilms, getFilms, importProjectFilms } from "../api";
import { many } from "../format";
import { Icon } from "../parts/Icon";
import { sentence } from "../parts/useLoaded";
import { say } from "../shell/notices";
import type { AddedFilms, FilmFilter, Project } from "../types";
import { FILTERS } from "../worklist/query";

/** As many of the room's films as one click brings in. */
const MOST = 5000;

async function idsOf(filter: FilmFilter): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof getFilms>> = await getFilms({
      filter,
      sort: "received",
      limit: 200,
      cursor,
    });
    ids.push(...page.items.map((film) => film.id));
    cursor = page.next;
  } while (cursor && ids.length < MOST);
  return ids;
}

function told(added: AddedFilms): string {
  const parts = [many(added.added, "film") + " added"];
  if (added.already) parts.push(`${added.already} already here`);
  if (added.labelled) parts.push(`${added.labelled} with labels`);
  if (added.refused.length) parts.push(`${added.refused.length} refused`);
  return `${parts.join(", ")}.`;
}

interface Props {
  project: Project;
  onChanged(): void;
}

export function ImportTab({ project, onChanged }: Props) {
  const [filter, setFilter] = useState<FilmFilter>("all");
  const [labels, setLabels] = useState(false);
  const [share, setShare] = useState<number | null>(null);
  const [last, setLast] = useState<AddedFilms | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const run = async (work: () => Promise<AddedFilms>) => {
    setShare(0);
    setLast(null);
    try {
      const added = await work();
      setLast(added);
      onChanged();
    } catch (error) {
      say(sentence(error), "bad");
    }
    setShare(null);
  };
  return (
    <div class="two-columns">
      <section class="card stack">
        <h2>From the worklist</h2>
        <div class="field">
          <label for="which">Which films</label>
          <select
            id="which"
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value as FilmFilter)}
          >
            {FILTERS.filter((one) => one.name !== "failed" && one.name !== "reading").map((one) => (
              <option key={one.name} value={one.name}>
                {one.label}
              </option>
            ))}
          </select>
        </div>
        <button
          type="button"
          class="button"
          disabled={share !== null}
          onClick={() =>
            void run(async () => addProjectFilms(project.id, await idsOf(filter)))
          }
        >
          Add these films
        </button>
      </section>
      <section class="card stack">
        <h2>From a data set</h2>
        <p class="soft">
          A zip of a <code>spondyl.dataset/1</code>: films.json, its pictures, and reports.csv where
          there are reports.
        </p>
        <label class="check">
          <input
            type="checkbox"
            checked={labels}
            onChange={(event) => setLabels(event.currentTarget.checked)}
          />
          Its labels become my decisions
        </label>
        <button
          type="button"
          class="button"
          disabled={share !== null}
          onClick={() => file.current?.click()}
        >
          <Icon name="folder" /> Choose a zip
        </button>
        <input
          ref={file}
          type="file"
          accept=".zip,application/zip"
          hidden
          aria-label="Zip of a data set"
          onChange={() => {
            const archive = file.current?.files?.[0];
            if (file.current) file.current.value = "";
            if (archive) void run(() => importProjectFilms(project.id, archive, labels, setShare));
          }}
        />
      </section>
      <div role="status" class="stack">
        {share !== null && (
          <>
            <p>{share < 1 ? "Handing over …" : "Bringing films in …"}</p>
            <span class="bar">
              <span style={{ width: `${share * 100}%` }} />
            </span>
          </>
        )}
        {last && <p>{told(last)}</p>}
        {last && last.refused.length > 0 && (
          <ul class="small">
            {last.refused.map((one) => (
              <li key={one.name}>
                <strong>{one.name}</strong>: {one.reason}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
