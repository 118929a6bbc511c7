import { bytes, many } from "../format";
import { Icon } from "../parts/Icon";
import { route } from "../router";
import { taking } from "./upload";

/** How far handing over is, and why a file was refused. */
export function TakingPanel() {
  const now = taking.value;
  // In the viewer it would lie on the decision's buttons; it is there again on the way back.
  if (!now || route.value.name === "film") return null;
  const share = now.bytes > 0 ? Math.min(1, now.sentBytes / now.bytes) : 1;
  return (
    <section class="taking" aria-label="Films handed over">
      <header>
        <h2>{now.running ? `Taking ${many(now.files, "file")} …` : "Taken"}</h2>
        {!now.running && (
          <button
            type="button"
            class="icon-button"
            aria-label="Dismiss"
            onClick={() => (taking.value = null)}
          >
            <Icon name="close" />
          </button>
        )}
      </header>
      {now.running && (
        <span
          class="bar"
          role="progressbar"
          aria-label="Handing over"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
        >
          <span style={{ width: `${share * 100}%` }} />
        </span>
      )}
      <p class="small" role="status">
        {now.running && (
          <span class="soft">
            {share < 1 ? `${bytes(now.sentBytes)} of ${bytes(now.bytes)}` : "Looking at them"} ·{" "}
          </span>
        )}
        {many(now.fresh, "new film")}
        {now.known > 0 && `, ${now.known} known already`}
        {now.refused.length > 0 && `, ${now.refused.length} refused`}
      </p>
      {now.refused.length > 0 && (
        <ul class="small" tabIndex={0} aria-label="Refused files">
          {now.refused.map((item) => (
            <li key={item.name}>
              <strong>{item.name}</strong>: {item.reason ?? "refused"}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
