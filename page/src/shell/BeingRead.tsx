import { many } from "../format";
import { remaining, peak } from "../worklist/progress";

/** How far the room is with the films that wait, wherever on the page one is. */
export function BeingRead() {
  const left = remaining.value;
  if (left <= 0) return null;
  const share = peak.value > 0 ? 1 - left / peak.value : 0;
  return (
    <div class="being-read">
      <span>{many(left, "film")} to read</span>
      <span
        class="bar"
        role="progressbar"
        aria-label="Films being read"
        aria-valuemin={0}
        aria-valuemax={peak.value}
        aria-valuenow={peak.value - left}
      >
        <span style={{ width: `${Math.max(4, share * 100)}%` }} />
      </span>
    </div>
  );
}
