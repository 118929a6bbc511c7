import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { FilmItem } from "../types";
import { Row } from "./Row";
import { chosen, chosenRow, films, loading, scrolled, total, want } from "./store";
import { scrollFor, visible } from "./window";

const COLUMNS = [
  ["", "Film"],
  ["finding", "Finding"],
  ["suspicion", "Suspicion"],
  ["person", "Patient"],
  ["", "Sex, age"],
  ["", "Study"],
  ["site", "Site"],
  ["", "Reading"],
  ["received", "Arrived"],
] as const;

/** Height of a row in CSS pixels: a number of rems, which follow the screen's size. */
function rowHeightNow(): number {
  const style = getComputedStyle(document.documentElement);
  return parseFloat(style.getPropertyValue("--row")) * parseFloat(style.fontSize);
}

/** All films of the question as one long list, of which only the rows in sight are drawn. */
export function List({ onOpen }: { onOpen(film: FilmItem): void }) {
  const host = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ height: innerHeight, row: rowHeightNow() });
  const [top, setTop] = useState(scrolled.peek());

  useLayoutEffect(() => {
    const list = host.current;
    if (!list) return;
    const measure = () => setSize({ height: list.clientHeight, row: rowHeightNow() });
    measure();
    list.scrollTop = scrolled.peek();
    const watcher = new ResizeObserver(measure);
    watcher.observe(list);
    return () => watcher.disconnect();
  }, []);

  // A new question starts at the top.
  const memory = scrolled.value;
  useLayoutEffect(() => {
    if (memory === 0 && host.current) host.current.scrollTop = 0;
  }, [memory]);

  const span = visible(top, size.height, size.row, total.value);
  useEffect(() => want(span.end - 1), [span.end, total.value]);

  // The chosen row is brought into sight, and has the focus if the list had it.
  const at = chosenRow.value;
  useLayoutEffect(() => {
    const list = host.current;
    if (!list || at < 0) return;
    const header = list.firstElementChild?.clientHeight ?? 0;
    const to = scrollFor(at, list.scrollTop, list.clientHeight - header, size.row);
    if (to !== null) list.scrollTop = to;
    if (list.contains(document.activeElement)) {
      list.querySelector<HTMLElement>('[aria-selected="true"]')?.focus({ preventScroll: true });
    }
  }, [at, size.row]);

  const now = new Date();
  const rows = [];
  for (let row = span.first; row < span.end; row += 1) {
    const film = films.value[row];
    rows.push(
      <Row
        key={film?.id ?? row}
        film={film}
        row={row}
        top={row * size.row}
        chosen={film !== undefined && film.id === chosen.value}
        now={now}
        onOpen={onOpen}
      />,
    );
  }
  return (
    <div
      ref={host}
      class="films"
      role="grid"
      aria-label="Films"
      aria-rowcount={total.value + 1}
      aria-busy={loading.value}
      tabIndex={at < 0 ? 0 : -1}
      onScroll={(event) => {
        const list = event.currentTarget;
        scrolled.value = list.scrollTop;
        setTop(list.scrollTop);
      }}
    >
      <div class="row head" role="row" aria-rowindex={1}>
        {COLUMNS.map(([name, label]) => (
          <span key={label} role="columnheader" class={name}>
            {label}
          </span>
        ))}
      </div>
      <div class="spacer" role="rowgroup" style={{ height: `${total.value * size.row}px` }}>
        {rows}
      </div>
    </div>
  );
}
