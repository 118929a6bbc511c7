/** What the worklist is asked for: kept in the address, so that a view of it can be a link. */
import { computed, signal } from "@preact/signals";
import type { FilmFilter, FilmQuery, FilmSort } from "../types";

export const FILTERS: readonly { name: FilmFilter; label: string }[] = [
  { name: "all", label: "All films" },
  { name: "fractured", label: "Fractured" },
  { name: "unsure", label: "Unsure" },
  { name: "not_assessable", label: "Not assessable" },
  { name: "unread", label: "Unread" },
  { name: "reading", label: "Being read" },
  { name: "failed", label: "Failed" },
];

export const SORTS: readonly { name: FilmSort; label: string }[] = [
  { name: "suspicion", label: "Most suspicious first" },
  { name: "received", label: "Newest arrival first" },
  { name: "date", label: "Newest study first" },
  { name: "name", label: "Name" },
];

export interface WorklistQuery {
  sort: FilmSort;
  filter: FilmFilter;
  site: string;
  from: string;
  to: string;
  q: string;
}

export const START: WorklistQuery = {
  sort: "suspicion",
  filter: "all",
  site: "",
  from: "",
  to: "",
  q: "",
};

/** Read the question out of an address; what is not known is left at its start. */
export function fromSearch(search: string): WorklistQuery {
  const given = new URLSearchParams(search);
  const sort = SORTS.find((one) => one.name === given.get("sort"))?.name ?? START.sort;
  const filter = FILTERS.find((one) => one.name === given.get("filter"))?.name ?? START.filter;
  const date = (name: string) => {
    const value = given.get(name) ?? "";
    return /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : "";
  };
  return {
    sort,
    filter,
    site: given.get("site") ?? "",
    from: date("from"),
    to: date("to"),
    q: given.get("q") ?? "",
  };
}

/** The address' tail for a question: "" for the start, else "?filter=fractured". */
export function toSearch(query: WorklistQuery): string {
  const parts = new URLSearchParams();
  for (const key of Object.keys(START) as (keyof WorklistQuery)[]) {
    if (query[key] !== START[key]) parts.set(key, query[key]);
  }
  const text = parts.toString();
  return text ? `?${text}` : "";
}

export function toRequest(query: WorklistQuery, cursor: string | null, limit: number): FilmQuery {
  return { ...query, q: query.q.trim(), cursor, limit };
}

/** Is the list narrowed by more than a filter? Then the room's live counts are not its counts. */
export const narrowed = (query: WorklistQuery): boolean =>
  Boolean(query.site || query.from || query.to || query.q.trim());

export const query = signal<WorklistQuery>(START);
export const filterSearch = computed(() => toSearch(query.value));
