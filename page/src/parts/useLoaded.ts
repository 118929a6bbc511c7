import { useCallback, useEffect, useState } from "preact/hooks";
import { ApiError } from "../api";

export interface Loaded<T> {
  value: T | null;
  fault: string | null;
  loading: boolean;
  /** Ask again; what is shown stays until the answer is there. */
  again(): void;
  set(value: T): void;
}

/** What went wrong, as a sentence. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return error instanceof Error ? `Unexpected: ${error.message}` : "Unexpected fault.";
}

/** Load something when the component appears and whenever `keys` change. */
export function useLoaded<T>(load: () => Promise<T>, keys: readonly unknown[]): Loaded<T> {
  const [value, set] = useState<T | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [loading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = true;
    setLoading(true);
    load().then(
      (answer) => {
        if (!current) return;
        set(answer);
        setFault(null);
        setLoading(false);
      },
      (error: unknown) => {
        if (!current) return;
        setFault(sentence(error));
        setLoading(false);
      },
    );
    return () => {
      current = false;
    };
  }, [...keys, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  return { value, fault, loading, again, set };
}
