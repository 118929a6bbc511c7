/** Small drawings for the tool bar, 16 x 16, in the colour of the text. */
import type { ComponentChildren } from "preact";

const DRAWN: Record<string, ComponentChildren> = {
  window: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
    </>
  ),
  zoom: <path d="M11 11l3.5 3.5M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM5 7h4M7 5v4" />,
  pan: <path d="M8 2v12M2 8h12M6 4l2-2 2 2M6 12l2 2 2-2M4 6L2 8l2 2M12 6l2 2-2 2" />,
  magnify: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <circle cx="8" cy="8" r="1.8" fill="currentColor" />
    </>
  ),
  fit: <path d="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" />,
  invert: (
    <>
      <rect x="2.5" y="2.5" width="11" height="11" />
      <path d="M2.5 13.5l11-11v11z" fill="currentColor" />
    </>
  ),
  side: <path d="M2.5 13V3H5a2.4 2.4 0 0 1 0 4.8H2.5M8.5 13L11 3l2.5 10M9.3 10h3.4" />,
  flip: <path d="M8 2v12M6 4.5v7L2 11.5zM10 4.5v7l4 0z" />,
  bodies: <path d="M4 2.5h8v3H4zM4 6.7h8v3H4zM4 10.9h8v3H4z" />,
  draw: <path d="M3 13l1-3.5L11 2.5l2.5 2.5-7 7zM9.5 4l2.5 2.5" />,
  compare: <path d="M2.5 3h4.5v10H2.5zM9 3h4.5v10H9z" />,
  undo: <path d="M5.5 3L2.5 6l3 3M2.5 6H10a3.5 3.5 0 0 1 0 7H6" />,
  redo: <path d="M10.5 3l3 3-3 3M13.5 6H6a3.5 3.5 0 0 0 0 7h4" />,
  up: <path d="M8 13V3M4.5 6.5L8 3l3.5 3.5" />,
  down: <path d="M8 3v10M4.5 9.5L8 13l3.5-3.5" />,
  back: <path d="M10 3L5 8l5 5" />,
  next: <path d="M6 3l5 5-5 5" />,
  copy: <path d="M5.5 5.5h8v8h-8zM5.5 10.5h-3v-8h8v3" />,
  add: <path d="M8 3v10M3 8h10" />,
  remove: <path d="M3.5 4.5h9M6 4.5V3h4v1.5M4.5 4.5l.7 9h5.6l.7-9" />,
};

export type IconName = keyof typeof DRAWN & string;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <g fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round">
        {DRAWN[name]}
      </g>
    </svg>
  );
}
