/** Short sentences at the page's foot that go by themselves; read out by screen readers. */
import { signal } from "@preact/signals";

export interface Notice {
  id: number;
  text: string;
  kind: "info" | "good" | "bad";
}

export const notices = signal<readonly Notice[]>([]);
let last = 0;

export function dismiss(id: number): void {
  notices.value = notices.peek().filter((notice) => notice.id !== id);
}

/** Say something; bad news stays longer. */
export function say(text: string, kind: Notice["kind"] = "info"): void {
  last += 1;
  const id = last;
  notices.value = [...notices.peek().slice(-3), { id, text, kind }];
  setTimeout(() => dismiss(id), kind === "bad" ? 12_000 : 5_000);
}
