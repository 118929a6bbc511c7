import { useRef } from "preact/hooks";
import { Icon } from "../parts/Icon";
import { Status } from "../parts/Status";
import { useKeys } from "../parts/useKeys";
import { filmPath, navigate } from "../router";
import type { FilmItem } from "../types";
import "../styles/worklist.css";
import { mayAdminister } from "../shell/session";
import { again, deleting } from "./actions";
import { DeleteDialog } from "./DeleteDialog";
import { Filters } from "./Filters";
import { List } from "./List";
import { narrowed, query } from "./query";
import { chosen, chosenRow, fault, films, loading, refresh, scrolled, stale, total } from "./store";
import { Toolbar } from "./Toolbar";
import { clampRow } from "./window";

function open(film: FilmItem): void {
  chosen.value = film.id;
  navigate(filmPath(film.id));
}

function move(by: number): void {
  const row = chosenRow.peek();
  const to = row < 0 ? (by > 0 ? 0 : films.peek().length - 1) : row + by;
  const film = films.peek()[clampRow(to, films.peek().length)];
  if (film) chosen.value = film.id;
}

function openChosen(): void {
  const film = films.peek()[Math.max(0, chosenRow.peek())];
  if (film) open(film);
}

function withChosen(act: (film: FilmItem) => void): void {
  const film = films.peek()[chosenRow.peek()];
  if (film) act(film);
}

function Empty() {
  const anything = query.value.filter !== "all" || narrowed(query.value);
  return (
    <div class={anything ? "empty" : "empty invitation"}>
      {anything ? (
        <>
          <h2>No film fits</h2>
          <p>Nothing here with these filters.</p>
        </>
      ) : (
        <>
          <Icon name="film" />
          <h2>No films yet</h2>
          <p>
            Drop DICOM files, pictures, a folder or a zip anywhere on this page. They are read at
            once, on this machine; nothing leaves it.
          </p>
        </>
      )}
    </div>
  );
}

export function Worklist() {
  const search = useRef<HTMLInputElement>(null);
  useKeys("Worklist", [
    { keys: ["j", "ArrowDown"], label: "Next film", run: () => move(1) },
    { keys: ["k", "ArrowUp"], label: "Film before", run: () => move(-1) },
    { keys: "PageDown", label: "Ten films on", run: () => move(10) },
    { keys: "PageUp", label: "Ten films back", run: () => move(-10) },
    { keys: ["Enter", "o"], label: "Open the film", run: openChosen },
    { keys: "R", label: "Read the film again", run: () => withChosen((film) => void again(film)) },
    {
      keys: "Delete",
      label: "Delete the film (administrators)",
      run: () => mayAdminister.peek() && withChosen((film) => (deleting.value = film)),
    },
    { keys: "/", label: "Search", run: () => search.current?.focus() },
    {
      keys: "Escape",
      label: "Leave the search",
      inFields: true,
      run: () => (document.activeElement as HTMLElement | null)?.blur(),
    },
  ]);
  return (
    <main class="worklist" id="main" tabIndex={-1}>
      <Filters />
      <section class="list-side" aria-label="List of films">
        <Toolbar search={search} />
        {stale.value && (
          <button
            type="button"
            class="stale"
            onClick={() => {
              scrolled.value = 0;
              refresh();
            }}
          >
            The list has changed. Show it anew.
          </button>
        )}
        <Status loading={false} fault={fault.value} again={refresh} />
        {total.value === 0 && !loading.value && !fault.value ? <Empty /> : <List onOpen={open} />}
      </section>
      <DeleteDialog />
    </main>
  );
}
