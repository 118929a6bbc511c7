/** Registry of keys. What a part of the page registers works, and stands in the help overlay (`?`). */
import { signal } from "@preact/signals";

export interface Binding {
  /** As `KeyboardEvent.key`, with "Control+", "Alt+", "Shift+" before where needed: "j", "Control+z". */
  keys: string | string[];
  /** What it does, in a few words for the help overlay. */
  label: string;
  run(event: KeyboardEvent): void;
  /** Also while typing in a field (Escape, say). */
  inFields?: boolean;
}

export interface KeyGroup {
  title: string;
  bindings: Binding[];
}

/** Groups now in force, the oldest first; the youngest group wins a key. */
export const groups = signal<readonly KeyGroup[]>([]);

/** Put keys in force; returns a function that takes them away again. */
export function registerKeys(title: string, bindings: Binding[]): () => void {
  const group: KeyGroup = { title, bindings };
  groups.value = [...groups.peek(), group];
  return () => {
    groups.value = groups.peek().filter((other) => other !== group);
  };
}

export const names = (binding: Binding): string[] =>
  Array.isArray(binding.keys) ? binding.keys : [binding.keys];

/** The name under which an event is looked up, "Control+z". Shift counts only with longer names. */
export function nameOf(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"> &
    Partial<Pick<KeyboardEvent, "getModifierState">>,
): string {
  const parts: string[] = [];
  // On many keyboards "[" is AltGr and another key, which systems tell as Control and Alt held.
  const third = event.getModifierState?.("AltGraph") && event.key.length === 1;
  if ((event.ctrlKey || event.metaKey) && !third) parts.push("Control");
  if (event.altKey && !third) parts.push("Alt");
  // "?" and "J" say by themselves that shift is held.
  if (event.shiftKey && event.key.length > 1) parts.push("Shift");
  parts.push(event.key);
  return parts.join("+");
}

/** The binding that answers to a name; the youngest group first. */
export function find(all: readonly KeyGroup[], name: string): Binding | null {
  for (let i = all.length - 1; i >= 0; i -= 1) {
    const binding = all[i]?.bindings.find((one) => names(one).includes(name));
    if (binding) return binding;
  }
  return null;
}

const FIELDS = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select";

function inField(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches(FIELDS);
}

/** Enter and space belong to the button or link that has the focus. */
function ownedByFocus(event: KeyboardEvent): boolean {
  const target = event.target;
  if (event.key !== "Enter" && event.key !== " ") return false;
  return target instanceof HTMLElement && target.matches("a, button, summary, input");
}

export function startKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || ownedByFocus(event)) return;
    const binding = find(groups.peek(), nameOf(event));
    if (!binding || (inField(event) && !binding.inFields)) return;
    event.preventDefault();
    binding.run(event);
  });
}
