import { useEffect, useRef, useState } from "preact/hooks";
import { thumbnail } from "../api";
import { afterPaint } from "../parts/afterPaint";
import { Icon } from "../parts/Icon";
import type { FilmItem } from "../types";
import { Slots } from "./slots";

/** A browser keeps six connections to one server; some stay free for what the reader does. */
const slots = new Slots(3);

/** A film in small, once its turn has come. */
export function Thumbnail({ film }: { film: FilmItem }) {
  const [state, setState] = useState<"waiting" | "asked" | "missing">("waiting");
  const end = useRef(() => {});
  useEffect(() => {
    if (film.state === "failed") return;
    const stop = afterPaint(() => (end.current = slots.take(() => setState("asked"))));
    return () => {
      stop();
      end.current();
    };
  }, [film.id]);
  if (state === "missing" || film.state === "failed") {
    return (
      <span class="thumb none">
        <Icon name="film" />
      </span>
    );
  }
  if (state === "waiting") return <span class="thumb" />;
  return (
    <img
      class="thumb"
      src={thumbnail(film.id)}
      alt=""
      decoding="async"
      draggable={false}
      onLoad={() => end.current()}
      onError={() => {
        end.current();
        setState("missing");
      }}
    />
  );
}
