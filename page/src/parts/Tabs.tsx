import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface Tab {
  name: string;
  label: string;
}

interface Props {
  label: string;
  tabs: readonly Tab[];
  chosen: string;
  onChoose(name: string): void;
  children: ComponentChildren;
}

/** Tabs by the usual pattern: arrows move between them, one of them is in the focus order. */
export function Tabs({ label, tabs, chosen, onChoose, children }: Props) {
  const base = useId();
  const step = (event: KeyboardEvent, by: number) => {
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.name === chosen);
    const to = tabs[(at + by + tabs.length) % tabs.length];
    if (!to) return;
    onChoose(to.name);
    document.getElementById(`${base}-${to.name}`)?.focus();
  };
  return (
    <div class="stack">
      <div class="tabs" role="tablist" aria-label={label}>
        {tabs.map((tab) => (
          <button
            key={tab.name}
            id={`${base}-${tab.name}`}
            type="button"
            role="tab"
            aria-selected={tab.name === chosen}
            aria-controls={`${base}-panel`}
            tabIndex={tab.name === chosen ? 0 : -1}
            onClick={() => onChoose(tab.name)}
            onKeyDown={(event) => {
              if (event.key === "ArrowRight") step(event, 1);
              if (event.key === "ArrowLeft") step(event, -1);
            }}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div id={`${base}-panel`} role="tabpanel" aria-labelledby={`${base}-${chosen}`} tabIndex={0}>
        {children}
      </div>
    </div>
  );
}
