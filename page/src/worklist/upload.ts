/** Handing films over to the room, with what became of each. */
import { signal } from "@preact/signals";
import { uploadFilms } from "../api";
import { sentence } from "../parts/useLoaded";
import { say } from "../shell/notices";
import type { Taken } from "../types";
import { worthSending } from "./dropped";
import { portions } from "./portions";
import { loadCounts, loadSites, refresh, scrolled } from "./store";

export interface Taking {
  files: number;
  bytes: number;
  sentBytes: number;
  fresh: number;
  known: number;
  refused: Pick<Taken, "name" | "reason">[];
  running: boolean;
}

const NOTHING: Taking = {
  files: 0,
  bytes: 0,
  sentBytes: 0,
  fresh: 0,
  known: 0,
  refused: [],
  running: false,
};

/** What is being handed over, or was last; null when the reader has dismissed it. */
export const taking = signal<Taking | null>(null);

/** How long it is said that all went well. */
const SHOWN_MS = 8_000;

const waiting: File[][] = [];

function add(change: (now: Taking) => Partial<Taking>): void {
  const now = taking.peek() ?? { ...NOTHING, running: true };
  taking.value = { ...now, ...change(now) };
}

async function handOver(portion: File[]): Promise<void> {
  const size = portion.reduce((sum, file) => sum + file.size, 0);
  let counted = 0;
  const counts = (share: number) => {
    const more = share * size - counted;
    counted += more;
    add((now) => ({ sentBytes: now.sentBytes + more }));
  };
  try {
    const { items } = await uploadFilms(portion, counts);
    add((now) => ({
      fresh: now.fresh + items.filter((item) => item.taken === "new").length,
      known: now.known + items.filter((item) => item.taken === "duplicate").length,
      refused: [...now.refused, ...items.filter((item) => item.taken === "refused")],
    }));
  } catch (error) {
    const reason = sentence(error);
    add((now) => ({
      refused: [...now.refused, ...portion.map((file) => ({ name: file.name, reason }))],
    }));
  }
  counts(1);
}

async function run(): Promise<void> {
  for (let portion = waiting.shift(); portion; portion = waiting.shift()) {
    await handOver(portion);
    void loadCounts();
    if (scrolled.peek() < 200) refresh();
  }
  add(() => ({ running: false }));
  loadSites();
  const over = taking.peek();
  setTimeout(() => {
    // What was refused stays until somebody has seen it.
    if (taking.peek() === over && over?.refused.length === 0) taking.value = null;
  }, SHOWN_MS);
}

/** Take films: they wait behind those that are being handed over already. */
export function take(files: readonly File[]): void {
  const good = files.filter((file) => worthSending(file.webkitRelativePath || file.name));
  if (good.length === 0) {
    if (files.length > 0) say("Nothing there that looks like a film.", "bad");
    return;
  }
  const running = taking.peek()?.running ?? false;
  if (!running) taking.value = { ...NOTHING, running: true };
  add((now) => ({
    files: now.files + good.length,
    bytes: now.bytes + good.reduce((sum, file) => sum + file.size, 0),
  }));
  waiting.push(...portions(good));
  if (!running) void run();
}
