import { useEffect, useState } from "preact/hooks";
import {
  acceptSiteFile,
  beginRecalibration,
  getRecalibration,
  getSiteFile,
  withdrawSiteFile,
} from "../api";
import { many } from "../format";
import { Status } from "../parts/Status";
import { sentence, useLoaded } from "../parts/useLoaded";
import { say } from "../shell/notices";
import type { Recalibration as State, RecalibrationWish } from "../types";
import { SiteCard } from "./SiteCard";

const GOALS: Record<RecalibrationWish["goal"], { label: string; value: string; hint: string }> = {
  false_alarms: {
    label: "False alarms per film",
    value: "0.08",
    hint: "At most so many bodies per film are called fractured that are not.",
  },
  sensitivity: { label: "Sensitivity", value: "0.9", hint: "This share of fractures is found." },
  specificity: { label: "Specificity", value: "0.95", hint: "This share of the rest is left alone." },
};

const POLL_MS = 1500;

function Wish({ sites, busy, onWish }: { sites: string[]; busy: boolean; onWish(wish: RecalibrationWish): void }) {
  const [goal, setGoal] = useState<RecalibrationWish["goal"]>("false_alarms");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    onWish({
      goal,
      value: Number(data.get("value")),
      unit: data.get("unit") === "film" ? "film" : "body",
      site: String(data.get("site") ?? "") || null,
    });
  };
  return (
    <form class="cluster wish" onSubmit={submit}>
      <div class="field">
        <label for="goal">Keep</label>
        <select
          id="goal"
          value={goal}
          onChange={(event) => setGoal(event.currentTarget.value as RecalibrationWish["goal"])}
        >
          {Object.entries(GOALS).map(([name, one]) => (
            <option key={name} value={name}>
              {one.label}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for="goal-value">at</label>
        <input
          key={goal}
          id="goal-value"
          name="value"
          type="number"
          step="any"
          min="0"
          required
          defaultValue={GOALS[goal].value}
        />
      </div>
      <div class="field">
        <label for="goal-unit">counted by</label>
        <select id="goal-unit" name="unit">
          <option value="body">body</option>
          <option value="film">film</option>
        </select>
      </div>
      <div class="field">
        <label for="goal-site">on films of</label>
        <select id="goal-site" name="site">
          <option value="">all sites</option>
          {sites.map((site) => (
            <option key={site} value={site}>
              {site}
            </option>
          ))}
        </select>
      </div>
      <button type="submit" class="button primary" disabled={busy}>
        Recalibrate
      </button>
      <p class="hint whole">{GOALS[goal].hint}</p>
    </form>
  );
}

/** The threshold fitted to accepted readings: proposed, looked at, accepted, or withdrawn. */
export function Recalibration({ sites }: { sites: string[] }) {
  const state = useLoaded(getRecalibration, []);
  const site = useLoaded(getSiteFile, []);
  const running = state.value?.state === "running";
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(state.again, POLL_MS);
    return () => clearInterval(timer);
  }, [running]);
  const act = async (work: () => Promise<unknown>, then: string) => {
    try {
      await work();
      say(then, "good");
    } catch (error) {
      say(sentence(error), "bad");
    }
    state.again();
    site.again();
  };
  const wish = (given: RecalibrationWish) =>
    act(() => beginRecalibration(given).then((now: State) => state.set(now)), "Recalibration has begun.");
  const { value } = state;
  const fresh = value?.proposal && value.proposal.sha256 !== site.value?.sha256;
  return (
    <section class="card stack" aria-labelledby="recalibration">
      <h2 id="recalibration">Recalibration from accepted readings</h2>
      <p class="soft">
        Films that readers accepted or corrected are read again, and the threshold is fitted to
        them. What comes of it is a proposal: nothing changes before it is accepted, and films read
        before keep their readings.
      </p>
      <Status loading={state.loading && !value} fault={state.fault} again={state.again} />
      <Wish sites={sites} busy={running} onWish={(given) => void wish(given)} />
      {value && running && (
        <div role="status" class="stack">
          <p>
            {value.done} of {many(value.total, "film")} read again …
          </p>
          <span class="bar">
            <span style={{ width: `${(100 * value.done) / Math.max(1, value.total)}%` }} />
          </span>
        </div>
      )}
      {value && (value.state === "failed" || value.state === "stopped") && (
        <p role="alert" class="fault">
          {value.reason || "The run was stopped."}
        </p>
      )}
      <div class="two-columns">
        {site.value ? (
          <SiteCard title="Reads with" file={site.value}>
            <button
              type="button"
              class="button"
              onClick={() => void act(withdrawSiteFile, "The room reads with its own site again.")}
            >
              Withdraw
            </button>
          </SiteCard>
        ) : (
          <p class="soft">The room reads with the site that it was started with.</p>
        )}
        {value?.proposal && fresh && (
          <SiteCard title="Proposed" file={value.proposal}>
            <button
              type="button"
              class="button primary"
              onClick={() => {
                const { sha256 } = value.proposal ?? { sha256: "" };
                void act(() => acceptSiteFile(sha256), "New films are read with this site.");
              }}
            >
              Accept
            </button>
          </SiteCard>
        )}
      </div>
    </section>
  );
}
