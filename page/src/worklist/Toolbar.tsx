import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { many } from "../format";
import { Icon } from "../parts/Icon";
import type { FilmSort } from "../types";
import { query, SORTS } from "./query";
import { ask, total } from "./store";
import { take } from "./upload";

function Pick({ folder }: { folder: boolean }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (folder) field.current?.setAttribute("webkitdirectory", "");
  }, [folder]);
  const label = folder ? "Add folder" : "Add films";
  return (
    <>
      <button type="button" class={folder ? "button" : "button primary"} onClick={() => field.current?.click()}>
        <Icon name={folder ? "folder" : "add"} /> {label}
      </button>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        aria-label={label}
        data-pick={folder ? "folder" : "films"}
        onChange={() => {
          const files = [...(field.current?.files ?? [])];
          if (field.current) field.current.value = "";
          take(files);
        }}
      />
    </>
  );
}

export function Toolbar({ search }: { search: RefObject<HTMLInputElement | null> }) {
  const [text, setText] = useState(query.value.q);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => setText(query.value.q), [query.value.q]);
  const type = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => ask({ q: value }), 200);
  };
  return (
    <div class="toolbar">
      <h1>
        Worklist <span class="soft number">{many(total.value, "film")}</span>
      </h1>
      <search class="search">
        <Icon name="search" />
        <label class="hidden-visually" for="search">
          Search by patient, number or file name
        </label>
        <input
          id="search"
          ref={search}
          type="search"
          placeholder="Patient, number, file name"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => type(event.currentTarget.value)}
        />
      </search>
      <div>
        <label class="hidden-visually" for="sort">
          Sort by
        </label>
        <select
          id="sort"
          value={query.value.sort}
          onChange={(event) => ask({ sort: event.currentTarget.value as FilmSort })}
        >
          {SORTS.map((sort) => (
            <option key={sort.name} value={sort.name}>
              {sort.label}
            </option>
          ))}
        </select>
      </div>
      <div class="cluster">
        <Pick folder={false} />
        <Pick folder={true} />
      </div>
    </div>
  );
}
