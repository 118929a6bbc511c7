import { useLayoutEffect } from "preact/hooks";
import { registerKeys, type Binding } from "../keys";

/**
 * Keys in force while a part of the page is there, anew whenever one of `inputs` changes.
 *
 * A layout effect: they work as soon as the part is drawn. An effect after painting would leave a
 * moment in which the page stands there and takes no key.
 */
export function useKeys(title: string, bindings: Binding[], inputs: readonly unknown[] = []): void {
  useLayoutEffect(() => registerKeys(title, bindings), inputs);
}
