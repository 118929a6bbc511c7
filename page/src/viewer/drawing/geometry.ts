/** The six points of a body. Coordinates are film pixels: x right, y down, centres whole. */

export type Point = readonly [number, number];

export const CORNERS = [
  "superior_posterior", "superior_anterior", "inferior_anterior", "inferior_posterior",
] as const;
export const MIDDLES = ["superior_middle", "inferior_middle"] as const;
export const POINTS = [...CORNERS, ...MIDDLES] as const;

export type PointName = (typeof POINTS)[number];
export type Points = Readonly<Record<PointName, Point>>;

export interface Heights {
  anterior: number;
  middle: number;
  posterior: number;
}

export const add = (a: Point, b: Point): Point => [a[0] + b[0], a[1] + b[1]];
export const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1]];
export const scale = (a: Point, by: number): Point => [a[0] * by, a[1] * by];
export const between = (a: Point, b: Point, share = 0.5): Point =>
  add(a, scale(minus(b, a), share));
export const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** The corners round the outline, as a polygon takes them. */
export function outline(points: Points): Point[] {
  return CORNERS.map((name) => points[name]);
}

/** The outline through the mid-endplates, so that a biconcave body looks biconcave. */
export function fullOutline(points: Points): Point[] {
  return [
    points.superior_posterior, points.superior_middle, points.superior_anterior,
    points.inferior_anterior, points.inferior_middle, points.inferior_posterior,
  ];
}

export function centre(points: Points): Point {
  return scale(outline(points).reduce(add), 1 / CORNERS.length);
}

export function heights(points: Points): Heights {
  return {
    anterior: distance(points.superior_anterior, points.inferior_anterior),
    middle: distance(points.superior_middle, points.inferior_middle),
    posterior: distance(points.superior_posterior, points.inferior_posterior),
  };
}

export function mapPoints(points: Points, change: (point: Point) => Point): Points {
  const made = {} as Record<PointName, Point>;
  for (const name of POINTS) made[name] = change(points[name]);
  return made;
}

/** The same six places, with anterior and posterior changed for each other. */
export function turnedRound(points: Points): Points {
  return {
    ...points,
    superior_posterior: points.superior_anterior,
    superior_anterior: points.superior_posterior,
    inferior_anterior: points.inferior_posterior,
    inferior_posterior: points.inferior_anterior,
  };
}

/** Four corners are a body whose mid-endplates lie halfway, as the measuring takes them, too. */
export function withMiddles(
  corners: Readonly<Record<(typeof CORNERS)[number], Point>>,
  middles: { superior: Point; inferior: Point } | null,
): Points {
  return {
    ...corners,
    superior_middle:
      middles?.superior ?? between(corners.superior_posterior, corners.superior_anterior),
    inferior_middle:
      middles?.inferior ?? between(corners.inferior_posterior, corners.inferior_anterior),
  };
}

/** Is a point inside the corners (crossing rule, so that order and mirroring do not matter)? */
export function isInside(point: Point, points: Points): boolean {
  const corners = outline(points);
  let inside = false;
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
    const [xi, yi] = corners[i]!;
    const [xj, yj] = corners[j]!;
    const crosses = yi > point[1] !== yj > point[1];
    if (crosses && point[0] < ((xj - xi) * (point[1] - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/**
 * Six clicks as a body: the three upper ones are the superior endplate, the ends by their side.
 *
 * A reader may click in any order, so places decide: along the main direction of the six points
 * the posterior pair, the middle pair and the anterior pair come one after the other.
 */
export function pointsFromClicks(clicks: readonly Point[], posterior: "left" | "right"): Points {
  if (clicks.length !== 6) throw new Error(`A body takes six points, found ${clicks.length}.`);
  const byY = [...clicks].sort((a, b) => a[1] - b[1]);
  const alongX = (a: Point, b: Point): number =>
    posterior === "left" ? a[0] - b[0] : b[0] - a[0];
  // A tilted endplate's low end can lie under the other's high end: split on the body's own axis.
  const axis = bodyAxis(byY);
  const byAxis = [...clicks].sort((a, b) => dot(a, axis) - dot(b, axis));
  const [sp, sm, sa] = byAxis.slice(0, 3).sort(alongX) as [Point, Point, Point];
  const [ip, im, ia] = byAxis.slice(3).sort(alongX) as [Point, Point, Point];
  return {
    superior_posterior: sp, superior_anterior: sa, inferior_anterior: ia, inferior_posterior: ip,
    superior_middle: sm, inferior_middle: im,
  };
}

const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1];

/** The direction from superior to inferior that separates the six points into three and three best. */
function bodyAxis(clicks: readonly Point[]): Point {
  let best: Point = [0, 1];
  let widest = -Infinity;
  for (let degrees = -60; degrees <= 60; degrees += 5) {
    const turn = (degrees * Math.PI) / 180;
    const axis: Point = [Math.sin(turn), Math.cos(turn)];
    const along = clicks.map((point) => dot(point, axis)).sort((a, b) => a - b);
    const within = along[2]! - along[0]! + (along[5]! - along[3]!);
    const gap = along[3]! - along[2]! - within;
    if (gap > widest) [widest, best] = [gap, axis];
  }
  return best;
}
