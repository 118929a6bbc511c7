/** Films waiting or being read, and the most there were since none was: what a bar is drawn from. */
import { signal } from "@preact/signals";

export const remaining = signal(0);
export const peak = signal(0);

export function heardRemaining(count: number): void {
  peak.value = count === 0 ? 0 : Math.max(peak.peek(), count);
  remaining.value = count;
}
