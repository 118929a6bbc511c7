/** Opening a film: its picture and its findings at once, everything else after. */
import { batch } from "@preact/signals";

import { nextProjectFilm } from "../../api";
import { session } from "../../shell/session";
import type { FilmDetail } from "../../types";
import { drawingOfDecision, drawingOfReading } from "../drawing/convert";
import { begin } from "../drawing/history";
import { pixelStore } from "../stage/images";
import type { Stage } from "../stage/stage";
import type { Deciding } from "./deciding";
import { details } from "./details";
import type { Measuring } from "./measuring";
import { loadProjectFilm } from "./projectFilm";
import { EMPTY, type RoomState } from "./state";

export class Opening {
  private closed = false;
  /** In a project films come one by one; the one to follow is asked for ahead. */
  private nextInProject: string | null = null;
  private previousInProject: string | null = null;

  constructor(
    private readonly state: RoomState,
    private readonly stage: Stage,
    private readonly measuring: Measuring,
    private readonly deciding: Deciding,
    private readonly project: string | null,
  ) {}

  close(): void {
    this.closed = true;
  }

  async open(id: string): Promise<void> {
    const { state } = this;
    performance.mark("film-open-start", { detail: { film: id } });
    this.previousInProject = stepOnTrail(id);
    state.loading.value = true;
    state.problem.value = null;
    try {
      // The picture is on its way while the findings are.
      const pixels = pixelStore.get(id);
      const { detail, ahead } = details.take(id, this.project);
      const [film] = await Promise.all([detail, pixels]);
      if (this.closed) return;
      const view = { inverted: state.inverted.value, flipped: state.flipped.value };
      if (!(await this.stage.show(id, film.spacing_mm, view)) || this.closed) return;
      this.take(film);
      await nextFrame();
      performance.mark("film-open-end", { detail: { film: id } });
      performance.measure("film-open", "film-open-start", "film-open-end");
      await this.afterOpening(film, ahead);
    } catch (error) {
      if (this.closed) return;
      state.loading.value = false;
      state.problem.value = error instanceof Error ? error.message : String(error);
    }
  }

  /** Put a film's findings on the screen: the standing decision, else the model's reading. */
  take(film: FilmDetail): void {
    const { state } = this;
    const { decision } = film;
    const drawing = decision
      ? drawingOfDecision(decision.body, film.reading)
      : film.reading
        ? drawingOfReading(film.reading)
        : EMPTY;
    batch(() => {
      state.film.value = film;
      state.user.value = session.peek()?.user ?? null;
      state.history.value = begin(drawing);
      state.saved.value = drawing;
      state.selected.value = null;
      state.adding.value = null;
      state.measured.value = new Map();
      state.report.value = decision?.report ?? "";
      state.reportEdited.value = Boolean(decision?.report);
      state.wordsEdited.value = null;
      state.loading.value = false;
    });
    this.measuring.ask();
  }

  private async afterOpening(film: FilmDetail, ahead: boolean): Promise<void> {
    const { state } = this;
    const tasks: Promise<unknown>[] = [this.deciding.loadHistory(film.id)];
    if (this.project) tasks.push(loadProjectFilm(state, this.project, film.id));
    if (ahead) tasks.push(this.refresh(film));
    await Promise.allSettled(tasks);
    if (this.closed || state.film.value?.id !== film.id) return;
    await this.prefetch(film);
  }

  /** What was fetched ahead may be old. Nothing that the reader began to draw is touched. */
  async refresh(shown: FilmDetail): Promise<void> {
    const now = await details.fresh(shown.id, this.project);
    if (this.closed || this.state.film.value?.id !== shown.id) return;
    const moved =
      now.decision?.id !== shown.decision?.id ||
      now.reading_id !== shown.reading_id ||
      now.state !== shown.state;
    if (!moved) {
      this.state.film.value = { ...this.state.film.value, neighbours: now.neighbours };
    } else if (!this.state.changed.value) {
      this.take(now);
    }
  }

  private async prefetch(film: FilmDetail): Promise<void> {
    // Who only looks on has no film to follow; the server would refuse the question.
    if (this.project && this.state.readOnly.value === null) {
      const { film_id } = await nextProjectFilm(this.project, film.id);
      this.nextInProject = film_id;
    }
    for (const id of [this.next(), this.previous(), film.prior_id]) {
      if (this.closed || !id || id === film.id) continue;
      if (id !== film.prior_id) details.prefetch(id, this.project);
      // One after the other: the films ahead must not slow each other or the open one.
      await pixelStore.get(id).catch(() => undefined);
    }
  }

  next(): string | null {
    return this.project ? this.nextInProject : (this.state.film.value?.neighbours.next ?? null);
  }

  previous(): string | null {
    if (this.project) return this.previousInProject;
    return this.state.film.value?.neighbours.previous ?? null;
  }

  /** After a decision in a project another film is the one to follow. */
  async lookAhead(): Promise<void> {
    const film = this.state.film.value;
    if (film && this.project) await this.prefetch(film).catch(() => undefined);
  }
}

/** The films as they were opened, so that a project's "film before" is the one before. */
const trail: string[] = [];

/** Note that a film is opened; answers the one that was open before it. */
export function stepOnTrail(id: string): string | null {
  const at = trail.indexOf(id);
  if (at >= 0) trail.length = at;
  trail.push(id);
  return trail.at(-2) ?? null;
}

const nextFrame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
