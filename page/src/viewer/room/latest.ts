/** Ask for the latest state only: at most one question per frame and one on its way. */

type Schedule = (run: () => void) => void;

/**
 * While a corner is dragged there are more positions than a server needs to judge. Positions that
 * were passed by while a question was on its way are never asked; the last one always is.
 */
export class LatestOnly<Question, Answer> {
  private waiting: { question: Question } | null = null;
  private busy = false;

  constructor(
    private readonly send: (question: Question) => Promise<Answer>,
    private readonly onAnswer: (answer: Answer, question: Question) => void,
    private readonly onError: (error: unknown) => void = () => undefined,
    private readonly schedule: Schedule = (run) => void requestAnimationFrame(run),
  ) {}

  ask(question: Question): void {
    const idle = this.waiting === null && !this.busy;
    this.waiting = { question };
    if (idle) this.schedule(() => void this.next());
  }

  /** Forget what waits; an answer on its way is dropped by whoever asked, by its question. */
  cancel(): void {
    this.waiting = null;
  }

  private async next(): Promise<void> {
    const waiting = this.waiting;
    if (!waiting || this.busy) return;
    this.waiting = null;
    this.busy = true;
    try {
      this.onAnswer(await this.send(waiting.question), waiting.question);
    } catch (error) {
      this.onError(error);
    } finally {
      this.busy = false;
      if (this.waiting) this.schedule(() => void this.next());
    }
  }
}
