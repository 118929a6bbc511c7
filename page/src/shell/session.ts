/** Who is signed in, and what the room said about signing in. */
import { computed, signal } from "@preact/signals";
import { ApiError, getSession, quiet, signIn, signOut, whenSignedOut } from "../api";
import { navigate } from "../router";
import type { Role, Session } from "../types";
import { overlay } from "./overlays";

/** undefined: not known yet; null: nobody. */
export const session = signal<Session | null | undefined>(undefined);
/** The room did not answer at all when the page was opened. */
export const unreachable = signal<string | null>(null);

export const role = computed<Role | null>(() => session.value?.user.role ?? null);
export const mayAdminister = computed(() => role.value === "admin");

export async function startSession(): Promise<void> {
  whenSignedOut(() => {
    if (session.peek() !== null) forget();
  });
  unreachable.value = null;
  try {
    session.value = await getSession();
  } catch (error) {
    if (error instanceof ApiError && error.status !== 401) unreachable.value = error.message;
    else session.value = null;
  }
}

export async function enter(name: string, password: string): Promise<void> {
  session.value = await signIn(name, password);
}

export async function leave(): Promise<void> {
  try {
    await signOut();
  } finally {
    forget();
    // What was searched for may be a patient's name: it does not stay in the address.
    navigate("/", { replace: true });
  }
}

/** Nobody is signed in any more, as far as this page knows. */
export function forget(): void {
  quiet();
  overlay.value = null;
  session.value = null;
}
