/** Heights, losses and grades of what is drawn, from the server, while it is drawn. */
import { measure } from "../../api";
import type { Measured, MeasuredBody } from "../../types";
import { followsMeasure, measureQuestion } from "../drawing/convert";
import { namedBodies, type Body, type Drawing } from "../drawing/document";
import { amend } from "../drawing/history";
import { isJudged } from "../drawing/levels";
import { LatestOnly } from "./latest";
import type { RoomState } from "./state";

export class Measuring {
  private readonly line: LatestOnly<Drawing, Measured>;

  constructor(
    private readonly state: RoomState,
    ask: typeof measure = measure,
  ) {
    this.line = new LatestOnly(
      (drawing) => ask(this.question(drawing)),
      (answer, drawing) => this.take(answer, drawing),
      () => (this.state.notice.value = "The heights could not be measured; they will be with the next change."),
    );
  }

  /** Measure the drawing as it now is. */
  ask(): void {
    const film = this.state.film.value;
    if (film && this.state.drawing.value.bodies.length > 0) {
      this.line.ask(this.state.drawing.value);
    }
  }

  cancel(): void {
    this.line.cancel();
  }

  private question(drawing: Drawing): ReturnType<typeof measureQuestion> {
    const film = this.state.film.value!;
    return measureQuestion(drawing, {
      id: film.id,
      size: [film.width, film.height],
      spacing: film.spacing_mm,
      source: film.spacing_source,
    });
  }

  private take(answer: Measured, asked: Drawing): void {
    const { state } = this;
    const byLevel = new Map(answer.vertebrae.map((body) => [body.level, body]));
    const byKey = new Map<number, MeasuredBody>();
    for (const { body, level } of namedBodies(asked)) {
      const found = byLevel.get(level);
      if (found) byKey.set(body.key, found);
    }
    const now = state.drawing.value;
    const judged = judgeByMeasure(now, asked, byKey);
    if (!sameFilm(asked, now)) return;
    state.measured.value = byKey;
    if (judged !== now) state.history.value = amend(state.history.value, judged);
    this.say(answer.report);
  }

  /**
   * The report follows the findings until the reader writes one of his own. One that was kept with
   * a decision is his own if it says anything else than the findings do.
   */
  private say(words: string): void {
    const { state } = this;
    if (state.report.value === words) state.reportEdited.value = false;
    if (state.reportEdited.value) state.wordsEdited.value ??= words;
    else state.report.value = words;
    state.words.value = words;
  }
}

/** Answers to a film that was left meanwhile share no body with the present one. */
function sameFilm(asked: Drawing, now: Drawing): boolean {
  return asked === now || asked.bodies.some((body) => now.bodies.some((b) => b.points === body.points));
}

/**
 * Bodies that a reader drew are judged by their measure; those that the model found and nobody
 * touched keep its judgement, which rests on more than heights, and so do those judged by hand.
 */
export function judgeByMeasure(
  now: Drawing,
  asked: Drawing,
  measured: ReadonlyMap<number, MeasuredBody>,
): Drawing {
  let changed = false;
  const bodies = now.bodies.map((body) => {
    const found = measured.get(body.key);
    const before = asked.bodies.find(({ key }) => key === body.key);
    if (!found || before?.points !== body.points || !followsMeasure(body)) return body;
    const judged = judgedBody(body, found);
    if (judged.status === body.status && judged.grade === body.grade && judged.shape === body.shape) {
      return body;
    }
    changed = true;
    return judged;
  });
  return changed ? { ...now, bodies } : now;
}

function judgedBody(body: Body, found: MeasuredBody): Body {
  if (!found.assessable || found.genant_grade === null || !isJudged(found.level)) {
    return { ...body, status: "unknown", grade: null, shape: null };
  }
  const fractured = found.genant_grade > 0;
  return {
    ...body,
    status: fractured ? "fractured" : "normal",
    grade: found.genant_grade,
    shape: fractured ? found.shape : "normal",
  };
}
