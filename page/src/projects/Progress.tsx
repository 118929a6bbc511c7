import { count } from "../format";
import type { Project, ProjectFilmState } from "../types";

export const STATE_TEXT: Record<ProjectFilmState, string> = {
  open: "Open",
  read_once: "Read once",
  disagreed: "Disagreed",
  done: "Done",
};

export const STATE_TONE: Record<ProjectFilmState, string> = {
  open: "sev-none",
  read_once: "sev-unsure",
  disagreed: "sev-2",
  done: "sev-0",
};

const ORDER: readonly ProjectFilmState[] = ["done", "disagreed", "read_once", "open"];

/** How far a project is: one bar, and the same in words. */
export function Progress({ counts }: { counts: Project["counts"] }) {
  const all = Math.max(1, counts.all);
  return (
    <div class="progress">
      <div class="parts" aria-hidden="true">
        {ORDER.map((state) => (
          <span key={state} class={state} style={{ width: `${(100 * counts[state]) / all}%` }} />
        ))}
      </div>
      <p class="small">
        <strong class="number">{count(counts.done)}</strong> of{" "}
        <span class="number">{count(counts.all)}</span> done
        {counts.disagreed > 0 && (
          <>
            {" · "}
            <span class="disagreed-text number">{count(counts.disagreed)} disagreed</span>
          </>
        )}
        {counts.read_once > 0 && ` · ${count(counts.read_once)} read once`}
      </p>
    </div>
  );
}
