/** Which of the shell's own dialogs is open. */
import { signal } from "@preact/signals";

export const overlay = signal<"help" | "about" | "account" | null>(null);
