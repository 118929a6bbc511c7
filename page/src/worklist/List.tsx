import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { afterPaint } from "../parts/afterPaint";
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

/** Rows above and below those in sight. */
const MARGIN = 6;
/** Of the window's height, about what the list has: it is measured once it is there. */
const SHARE = 0.8;

/** All films of the question as one long list, of which only the rows in sight are drawn. */
export function List({ onOpen }: { onOpen(film: FilmItem): void }) {
  const host = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState(() => ({ height: SHARE * innerHeight, row: rowHeightNow() }));
  const [top, setTop] = useState(scrolled.peek());
  // What is in sight comes first; rows to scroll to follow when it is on the screen.
  const [margin, setMargin] = useState(0);
  useEffect(() => afterPaint(() => setMargin(MARGIN)), []);

  useLayoutEffect(() => {
    const list = host.current;
    if (!list) return;
    // Told by the watcher before the first frame; to ask here would lay the page out once more.
    const measure = () => setSize({ height: list.clientHeight, row: rowHeightNow() });
    if (scrolled.peek() > 0) list.scrollTop = scrolled.peek();
    const watcher = new ResizeObserver(measure);
    watcher.observe(list);
    return () => watcher.disconnect();
  }, []);

  // A new question starts at the top.
  const memory = scrolled.value;
  const before = useRef(memory);
  useLayoutEffect(() => {
    if (memory === 0 && before.current !== 0 && host.current) host.current.scrollTop = 0;
    before.current = memory;
  }, [memory]);

  const span = visible(top, size.height, size.row, total.value, margin);
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
