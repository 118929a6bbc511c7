/** Who else has this film open, and what they decide while it is open here. */
import { getFilm, gone, live, present } from "../../api";
import type { Watcher } from "../../types";
import type { Deciding } from "./deciding";
import type { Opening } from "./opening";
import type { RoomState } from "./state";

/** Well under the time after which the server takes a silent tab for closed. */
const HEARTBEAT_MS = 15_000;

const tab = crypto.randomUUID?.() ?? Math.random().toString(36).slice(2);

export class Presence {
  private timer = 0;
  private filmId: string | null = null;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly state: RoomState,
    private readonly opening: Opening,
    private readonly deciding: Deciding,
  ) {}

  enter(filmId: string): void {
    this.filmId = filmId;
    void this.beat();
    this.timer = window.setInterval(() => void this.beat(), HEARTBEAT_MS);
    this.stops.push(
      live("presence", (told) => {
        if (told.film_id === this.filmId) this.state.others.value = this.notMe(told.others);
      }),
      live("decision", (told) => {
        if (told.film_id === this.filmId) void this.decided(told.decision_id, told.user);
      }),
      live("film", (told) => {
        if (told.id !== this.filmId) return;
        if (told.state === "deleted") this.state.problem.value = "This film has been deleted.";
        else void this.filmChanged();
      }),
      live("resync", () => void this.beat()),
    );
    const leaving = (): void => void this.leave();
    window.addEventListener("pagehide", leaving);
    this.stops.push(() => window.removeEventListener("pagehide", leaving));
  }

  leave(): void {
    window.clearInterval(this.timer);
    for (const stop of this.stops.splice(0)) stop();
    if (this.filmId) void gone(this.filmId, tab).catch(() => undefined);
    this.filmId = null;
  }

  /** A broadcast goes to all who have the film open, so it names this tab, too. */
  private notMe(watchers: readonly Watcher[]): Watcher[] {
    return watchers.filter((watcher) => watcher.tab !== tab);
  }

  private async beat(): Promise<void> {
    const id = this.filmId;
    if (!id) return;
    try {
      const { others } = await present(id, tab);
      if (id === this.filmId) this.state.others.value = others;
    } catch {
      // Presence is a courtesy; the next beat tries again.
    }
  }

  private async decided(decisionId: string, user: string): Promise<void> {
    const { state } = this;
    // This tab's own decision is told to it, too, at times before its answer is here.
    if (state.saving.value || state.film.value?.decision?.id === decisionId) return;
    if (state.decisions.value.some(({ id }) => id === decisionId)) return;
    const id = this.filmId;
    if (!id) return;
    const film = await getFilm(id).catch(() => null);
    if (!film || this.filmId !== id || film.decision?.id !== decisionId) return;
    if (state.saving.value || state.film.value?.decision?.id === decisionId) return;
    if (state.changed.value) {
      state.conflict.value = {
        sentence: `${user} has decided on this film while you were drawing on it.`,
        theirs: film.decision,
      };
      return;
    }
    this.opening.take(film);
    await this.deciding.loadHistory(id).catch(() => undefined);
    state.notice.value = `${user} has just decided on this film; their decision is shown.`;
  }

  /** A film that was being read is read now. */
  private async filmChanged(): Promise<void> {
    const { film, loading } = this.state;
    const shown = film.value;
    // A film whose picture was not to be had when it was opened may have one now.
    if (!shown && !loading.value && this.filmId) await this.opening.open(this.filmId);
    if (!shown || shown.state === "read") return;
    await this.opening.refresh(shown).catch(() => undefined);
  }
}
