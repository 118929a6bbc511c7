/** Films' details fetched ahead, so that opening the next film waits for nothing. */
import { getFilm } from "../../api";
import type { FilmDetail } from "../../types";

const MOST = 8;

type Fetcher = (id: string, project: string | null) => Promise<FilmDetail>;

/**
 * A detail fetched ahead may be old when its film is opened: it is shown at once, and `fresh`
 * fetches what stands now. Each prefetched detail therefore serves one opening only.
 */
export class Details {
  private readonly ahead = new Map<string, Promise<FilmDetail>>();

  constructor(private readonly fetcher: Fetcher = (id, project) => getFilm(id, undefined, project)) {}

  prefetch(id: string, project: string | null): void {
    const key = keyOf(id, project);
    if (this.ahead.has(key)) return;
    const coming = this.fetcher(id, project);
    coming.catch(() => this.ahead.delete(key));
    this.ahead.set(key, coming);
    const oldest = this.ahead.keys().next().value;
    if (this.ahead.size > MOST && oldest !== undefined) this.ahead.delete(oldest);
  }

  /** The detail to show now, and whether it was fetched ahead. */
  take(id: string, project: string | null): { detail: Promise<FilmDetail>; ahead: boolean } {
    const key = keyOf(id, project);
    const coming = this.ahead.get(key);
    this.ahead.delete(key);
    return coming
      ? { detail: coming, ahead: true }
      : { detail: this.fresh(id, project), ahead: false };
  }

  fresh(id: string, project: string | null): Promise<FilmDetail> {
    return this.fetcher(id, project);
  }
}

/** A film's standing decision differs between the room and a project. */
const keyOf = (id: string, project: string | null): string => `${project ?? ""} ${id}`;

/** One store for the page: a prefetch made under one film serves the mount of the next. */
export const details = new Details();
