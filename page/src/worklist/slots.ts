/** Few at a time: what waits is started in order, as others end. */

export class Slots {
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  constructor(private readonly most: number) {}

  /** Start something now or later. Returns what to call when it ended, or is not wanted any more. */
  take(start: () => void): () => void {
    let state: "waiting" | "busy" | "over" = "waiting";
    const begin = () => {
      state = "busy";
      this.busy += 1;
      start();
    };
    if (this.busy < this.most) begin();
    else this.waiting.push(begin);
    return () => {
      if (state === "waiting") this.waiting.splice(this.waiting.indexOf(begin), 1);
      if (state === "busy") {
        this.busy -= 1;
        this.waiting.shift()?.();
      }
      state = "over";
    };
  }
}
