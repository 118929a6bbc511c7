/** The worklist's films as far as they are loaded; kept while a film is open, so that coming back
 * is instant and where one left. */
import { batch, computed, effect, signal } from "@preact/signals";
import { getCounts, getFilms, getSites, live } from "../api";
import { afterPaint } from "../parts/afterPaint";
import { sentence } from "../parts/useLoaded";
import { route } from "../router";
import type { FilmCounts, FilmItem } from "../types";
import { heardRemaining } from "./progress";
import { filterSearch, fromSearch, narrowed, query, toRequest, type WorklistQuery } from "./query";

/** The first page is small, so that it is there at once; later ones save round trips. */
const FIRST_PAGE = 50;
const LATER_PAGE = 200;

/** Until then the room's news have come, unless something between here and there holds them up. */
const NEWS_MS = 1500;

export const films = signal<readonly FilmItem[]>([]);
export const total = signal(0);
export const counts = signal<FilmCounts | null>(null);
export const sites = signal<readonly string[]>([]);
export const loading = signal(true);
export const fault = signal<string | null>(null);
/** Films came or changed their place while the reader was further down the list. */
export const stale = signal(false);
export const chosen = signal<string | null>(null);
/** Where the list was scrolled to. */
export const scrolled = signal(0);

export const chosenRow = computed(() => films.value.findIndex((film) => film.id === chosen.value));

let next: string | null = null;
let pending: AbortController | null = null;
let wanted = 0;

async function loadFirst(keep: number): Promise<void> {
  pending?.abort();
  const asked = new AbortController();
  pending = asked;
  loading.value = true;
  try {
    const limit = Math.min(LATER_PAGE, Math.max(FIRST_PAGE, keep));
    const page = await getFilms(toRequest(query.peek(), null, limit), asked.signal);
    // What the browser fetched ahead is answered even when it is not wanted any more.
    if (asked.signal.aborted) return;
    batch(() => {
      films.value = page.items;
      total.value = page.total;
      next = page.next;
      fault.value = null;
      stale.value = false;
    });
  } catch (error) {
    if (asked.signal.aborted) return;
    fault.value = sentence(error);
  }
  if (pending === asked) {
    pending = null;
    loading.value = false;
    void loadWanted();
  }
}

async function loadWanted(): Promise<void> {
  if (pending || next === null || wanted < films.peek().length) return;
  const asked = new AbortController();
  pending = asked;
  try {
    while (next !== null && wanted >= films.peek().length) {
      const page = await getFilms(toRequest(query.peek(), next, LATER_PAGE), asked.signal);
      const known = new Set(films.peek().map((film) => film.id));
      batch(() => {
        films.value = [...films.peek(), ...page.items.filter((film) => !known.has(film.id))];
        total.value = page.total;
        next = page.next;
      });
    }
  } catch (error) {
    if (asked.signal.aborted) return;
    fault.value = sentence(error);
  }
  if (pending === asked) pending = null;
}

/** Rows up to this one are looked at: load them if they are not there. */
export function want(row: number): void {
  wanted = Math.min(row, total.peek() - 1);
  void loadWanted();
}

let countsTimer: number | undefined;

export async function loadCounts(): Promise<void> {
  try {
    const found = await getCounts(query.peek());
    counts.value = found;
    if (!narrowed(query.peek())) heardRemaining(found.reading);
  } catch {
    // The list itself says when the room does not answer.
  }
}

function countsSoon(): void {
  if (countsTimer !== undefined) return;
  countsTimer = window.setTimeout(() => {
    countsTimer = undefined;
    void loadCounts();
  }, 400);
}

/** Ask for the list anew, of the same length. */
export function refresh(): void {
  void loadFirst(films.peek().length);
  void loadCounts();
}

export function loadSites(): void {
  getSites().then(
    (found) => (sites.value = found),
    () => {},
  );
}

/** Change the question; the list starts at its top. */
export function ask(change: Partial<WorklistQuery>): void {
  const before = query.peek();
  const after = { ...before, ...change };
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  batch(() => {
    query.value = after;
    scrolled.value = 0;
    wanted = 0;
    next = null;
  });
  void loadFirst(FIRST_PAGE);
  if (narrowed(before) || narrowed(after)) countsSoon();
}

let refreshTimer: number | undefined;

function refreshSoon(): void {
  if (refreshTimer !== undefined) return;
  refreshTimer = window.setTimeout(() => {
    refreshTimer = undefined;
    // Rows do not move under the eyes of somebody who reads further down.
    if (scrolled.peek() > 200) stale.value = true;
    else void loadFirst(Math.min(films.peek().length, LATER_PAGE));
  }, 900);
}

let started = false;
let stopAddress = () => {};

/**
 * Load the list, once for each sign-in; and again where that went wrong.
 *
 * Resolves when the list is there, or the sentence why not. All else waits until its rows have been
 * drawn: the room answers one question the quicker for not being asked five.
 */
export async function startWorklist(): Promise<void> {
  if (started) {
    if (fault.peek()) refresh();
    return;
  }
  started = true;
  query.value = fromSearch(location.search);
  followAddress();
  await loadFirst(FIRST_PAGE);
  afterPaint(() => {
    if (!started) return;
    // The room's news begin with its counts, but only of the whole list.
    if (narrowed(query.peek())) void loadCounts();
    else setTimeout(() => counts.peek() ?? void loadCounts(), NEWS_MS);
    loadSites();
  });
}

function followAddress(): void {
  stopAddress = effect(() => {
    const search = filterSearch.value;
    if (route.value.name !== "worklist" || location.search === search) return;
    history.replaceState(null, "", `/${search}`);
  });
}

/** Forget everything, when somebody signs out. */
export function stopWorklist(): void {
  stopAddress();
  pending?.abort();
  pending = null;
  started = false;
  batch(() => {
    films.value = [];
    counts.value = null;
    total.value = 0;
    chosen.value = null;
    scrolled.value = 0;
    fault.value = null;
    stale.value = false;
    loading.value = true;
  });
}

/** Follow what happens in the room; returns a function that stops. */
export function followRoom(): () => void {
  const stops = [
    live("film", (told) => {
      const at = films.peek().findIndex((film) => film.id === told.id);
      const known = films.peek()[at];
      const { state } = told;
      if (state === "deleted") {
        films.value = films.peek().filter((film) => film.id !== told.id);
        total.value -= known ? 1 : 0;
      } else if (known) {
        const merged: FilmItem = { ...known, ...told, state: state ?? known.state };
        films.value = films.peek().map((film, i) => (i === at ? merged : film));
        if (merged.suspicion !== known.suspicion || merged.state !== known.state) refreshSoon();
      } else refreshSoon();
      if (narrowed(query.peek())) countsSoon();
    }),
    live("counts", (told) => {
      heardRemaining(told.reading);
      if (!narrowed(query.peek())) counts.value = told;
    }),
    live("resync", () => {
      refreshSoon();
      countsSoon();
    }),
    live("decision", () => {
      refreshSoon();
      countsSoon();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
