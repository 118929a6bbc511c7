/** Films' details fetched ahead, so that opening the next film waits for nothing. */
import { getFilm } from "../../api";
import type { FilmDetail } from "../../types";

const MOST = 8;

/**
 * A detail fetched ahead may be old when its film is opened: it is shown at once, and `fresh`
 * fetches what stands now. Each prefetched detail therefore serves one opening only.
 */
export class Details {
  private readonly ahead = new Map<string, Promise<FilmDetail>>();

  constructor(private readonly fetcher: (id: string) => Promise<FilmDetail> = getFilm) {}

  prefetch(id: string): void {
    if (this.ahead.has(id)) return;
    const coming = this.fetcher(id);
    coming.catch(() => this.ahead.delete(id));
    this.ahead.set(id, coming);
    const oldest = this.ahead.keys().next().value;
    if (this.ahead.size > MOST && oldest !== undefined) this.ahead.delete(oldest);
  }

  /** The detail to show now, and whether it was fetched ahead. */
  take(id: string): { detail: Promise<FilmDetail>; ahead: boolean } {
    const coming = this.ahead.get(id);
    this.ahead.delete(id);
    return coming ? { detail: coming, ahead: true } : { detail: this.fresh(id), ahead: false };
  }

  fresh(id: string): Promise<FilmDetail> {
    return this.fetcher(id);
  }
}

/** One store for the page: a prefetch made under one film serves the mount of the next. */
export const details = new Details();
