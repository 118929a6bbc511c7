/** Shapes that the room's interface (`/api/v1`) hands out; one name per schema of its OpenAPI. */

export type Role = "reader" | "labeller" | "admin";
export type FilmState = "queued" | "reading" | "read" | "failed";
export type FilmStatus = "unread" | "accepted" | "corrected" | "rejected";
export type Level = "T10" | "T11" | "T12" | "L1" | "L2" | "L3" | "L4" | "L5" | "L6" | "S1";
export type Side = "left" | "right";
export type Shape = "normal" | "wedge" | "biconcave" | "crush";
export type GenantGrade = 0 | 1 | 2 | 3;

/** x, y in pixels of the film as it was handed in; pixel centres at whole numbers. */
export type Point = [number, number];

export const LEVELS: readonly Level[] = [
  "T10",
  "T11",
  "T12",
  "L1",
  "L2",
  "L3",
  "L4",
  "L5",
  "L6",
  "S1",
];

export const CORNER_NAMES = [
  "superior_posterior",
  "superior_anterior",
  "inferior_anterior",
  "inferior_posterior",
] as const;
export type CornerName = (typeof CORNER_NAMES)[number];
export type PointName = CornerName | "superior_middle" | "inferior_middle";

/** Six points, or four where the mid-endplates are not known. */
export type BodyPoints = Record<CornerName, Point> &
  Partial<Record<"superior_middle" | "inferior_middle", Point>>;

// ---- reading (spondyl.reading/1) ---------------------------------------------------------------

export interface Heights {
  anterior: number;
  middle: number;
  posterior: number;
}

export interface Vertebra {
  level: Level;
  level_confidence: number;
  confidence: number;
  corners_px: Record<CornerName, Point>;
  mid_endplates_px: { superior: Point; inferior: Point } | null;
  assessable: boolean;
  reasons: string[];
  fracture_probability: number;
  fractured: boolean;
  genant_grade: GenantGrade | null;
  shape: Shape | null;
  heights_px: Heights | null;
  height_loss: number | null;
}

export interface Reading {
  schema: "spondyl.reading/1";
  film: {
    path: string | null;
    sha256: string;
    size_px: [number, number];
    posterior_side: Side;
    inverted: boolean;
    spacing_mm: [number, number] | null;
    spacing_source: "calibrated" | "detector" | null;
  };
  model: { name: string; version: string; sha256: string };
  site: string;
  assessable: boolean;
  reasons: string[];
  fracture_probability: number;
  threshold: number;
  fractured: boolean;
  numbering: { confidence: number; assumption: string; alternative_shift: -1 | 0 | 1 };
  vertebrae: Vertebra[];
  warnings: string[];
}

// ---- pages of lists, problems ------------------------------------------------------------------

export interface Page<T> {
  items: T[];
  next: string | null;
  total: number;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
}

// ---- session, users, audit ---------------------------------------------------------------------

export interface User {
  id: string;
  name: string;
  full_name: string;
  role: Role;
}

/** A user as administrators see them. */
export interface UserItem extends User {
  active: boolean;
  has_password: boolean;
  oidc: boolean;
  created_at: string;
}

/** How one can sign in. */
export interface WaysIn {
  sign_in_required: boolean;
  oidc: boolean;
  oidc_label: string;
}

export interface Session {
  user: User;
  csrf: string;
  sign_in_required: boolean;
  oidc: boolean;
}

export interface NewUser {
  name: string;
  full_name: string;
  role: Role;
  password?: string;
}

export interface UserChange {
  full_name?: string;
  role?: Role;
  password?: string;
  active?: boolean;
}

export interface AuditEntry {
  id: number;
  at: string;
  /** Name; null: the program itself. */
  user: string | null;
  action: string;
  object: string;
  detail: Record<string, unknown>;
}

// ---- films -------------------------------------------------------------------------------------

export type FilmSort = "suspicion" | "received" | "date" | "name";
export type FilmFilter =
  | "all"
  | "fractured"
  | "unsure"
  | "not_assessable"
  | "unread"
  | "failed"
  | "reading";

export interface FilmItem {
  id: string;
  name: string;
  patient_id: string;
  patient_name: string;
  sex: string;
  age: number | null;
  study_date: string | null;
  site: string;
  source: "upload" | "folder" | "node" | "project";
  state: FilmState;
  reason: string | null;
  suspicion: number | null;
  fractured: boolean;
  unsure: boolean;
  assessable: boolean | null;
  status: FilmStatus;
  decided_by: string | null;
  decided_at: string | null;
  received_at: string;
  /** Names of the levels that the reading calls fractured. */
  levels: string[];
  prior_id: string | null;
}

export interface Watcher {
  user: string;
  since: string;
  tab?: string;
}

export interface FilmDetail extends FilmItem {
  width: number;
  height: number;
  reading: Reading | null;
  /** Row id of the reading, handed back with a decision on it. */
  reading_id: string | null;
  decision: Decision | null;
  others: Watcher[];
  spacing_mm: [number, number] | null;
  spacing_source: "calibrated" | "detector" | null;
  neighbours: { previous: string | null; next: string | null };
}

export interface FilmQuery {
  sort?: FilmSort;
  filter?: FilmFilter;
  site?: string;
  from?: string;
  to?: string;
  q?: string;
  cursor?: string | null;
  limit?: number;
}

export type FilmCounts = Record<FilmFilter, number>;

export interface Taken {
  film_id: string | null;
  name: string;
  taken: "new" | "duplicate" | "refused";
  reason: string | null;
}

/** Grey values of a film as it was handed in, rows from the top. */
export interface FilmPixels {
  rows: number;
  columns: number;
  window_center: number;
  window_width: number;
  inverted: boolean;
  values: Uint16Array;
}

// ---- decisions ---------------------------------------------------------------------------------

export type DecisionKind = "accept" | "correct" | "reject" | "adjudicate" | "undo";
export type BodyStatus = "normal" | "fractured" | "unsure" | "not_assessable";

export interface DecidedBody {
  level: Level;
  points_px: BodyPoints;
  status: string;
  genant_grade: GenantGrade | null;
  shape: Shape | null;
  origin: "model" | "reader";
  note: string;
}

export interface DecisionBody {
  vertebrae: DecidedBody[];
  posterior_side: Side;
  shift: number;
  assessable: boolean;
  comment: string;
}

export interface Decision {
  id: string;
  film_id: string;
  project_id: string | null;
  user_id: string;
  user: string;
  at: string;
  kind: DecisionKind;
  parent_id: string | null;
  reading_id: string | null;
  body: DecisionBody;
  report: string | null;
}

export interface NewDecision {
  kind: DecisionKind;
  parent_id: string | null;
  reading_id: string | null;
  body: DecisionBody | null;
  report: string | null;
  project_id: string | null;
}

// ---- measuring, comparing ----------------------------------------------------------------------

export interface MeasureQuestion {
  film_id: string | null;
  size_px: [number, number];
  spacing_mm: [number, number] | null;
  posterior_side: Side;
  vertebrae: { level: Level; points_px: BodyPoints }[];
}

export interface MeasuredBody {
  level: Level;
  assessable: boolean;
  reasons: string[];
  heights_px: Heights | null;
  heights_mm?: Heights | null;
  losses?: Record<string, number> | null;
  ratios?: Record<string, number> | null;
  height_loss?: number | null;
  genant_grade: GenantGrade | null;
  shape: Shape | null;
}

export interface Measured {
  vertebrae: MeasuredBody[];
  report: string;
}

export interface ComparedLevel {
  level: Level;
  unit: "mm" | "ratio";
  now: Heights | null;
  prior: Heights | null;
  change: Heights | null;
}

export interface Comparison {
  film_id: string;
  prior_id: string;
  levels: ComparedLevel[];
}

// ---- live --------------------------------------------------------------------------------------

export interface LiveEvents {
  film: Partial<Omit<FilmItem, "state">> & { id: string; state?: FilmState | "deleted" };
  counts: FilmCounts;
  presence: { film_id: string; others: Watcher[] };
  decision: { film_id: string; decision_id: string; user: string; kind: DecisionKind };
  /** This page did not keep up: look at everything anew. */
  resync: Record<string, never>;
}
export type LiveKind = keyof LiveEvents;

// ---- projects ----------------------------------------------------------------------------------

export type MemberRole = "labeller" | "adjudicator";
export type ProjectFilmState = "open" | "read_once" | "disagreed" | "done";

export interface Person {
  id: string;
  name: string;
  full_name: string;
}

export interface Member {
  user_id: string;
  name: string;
  full_name: string;
  role: MemberRole;
}

export interface Project {
  id: string;
  name: string;
  description: string;
  created_by: string;
  created_at: string;
  readers_per_film: 1 | 2;
  levels: Level[];
  closed: boolean;
  members: Member[];
  /** null: no member, but may manage it. */
  my_role: MemberRole | null;
  may_manage: boolean;
  counts: Record<ProjectFilmState | "all", number>;
}

export interface NewProject {
  name: string;
  description: string;
  readers_per_film: 1 | 2;
  levels: Level[];
}

export interface ProjectFilm {
  film_id: string;
  name: string;
  /** The least sure have the smallest. */
  rank: number;
  doubt: number | null;
  state: ProjectFilmState;
  film_state: FilmState;
  suspicion: number | null;
  mine: boolean;
  readers: number;
  has_report: boolean;
  differences: string[];
  /** Only where one film is asked for (`getProjectFilm`). */
  report_text?: string | null;
  report_words?: Record<string, ReportWord> | null;
}

export interface ReportWord {
  status?: string;
  text?: string;
  [more: string]: unknown;
}

export interface ProjectFilmDetail extends ProjectFilm {
  report_text: string | null;
  /** By level: status, and the words that say so. */
  report_words: Record<string, ReportWord> | null;
  doubts: { fracture: number; numbering: number; finding: number; total: number } | null;
  /** One's own, until all readers have decided; then all. */
  decisions: Decision[];
  settled: Decision | null;
}

export interface AddedFilms {
  added: number;
  already: number;
  labelled: number;
  refused: { name: string; reason: string }[];
}

export interface AgreementKappa {
  kappa: number | null;
  low: number | null;
  high: number | null;
  method: string | null;
  n: number;
  observed: number | null;
  expected: number | null;
  positive_agreement: number | null;
  negative_agreement: number | null;
  labels: string[];
  table: number[][];
}

export interface AgreementCorners {
  n: number;
  median: number | null;
  low: number | null;
  high: number | null;
  p90: number | null;
  values: number[];
}

export interface AgreementHeights {
  height: keyof Heights;
  unit: "percent" | "mm";
  mean_unit: "px" | "mm";
  n: number;
  mean: number[];
  difference: number[];
  level: string[];
  film_id: string[];
  bias: number | null;
  lower: number | null;
  upper: number | null;
}

export interface Agreement {
  films: number;
  patients: number;
  turned_down: number;
  readers: { user_id: string; name: string; films: number }[];
  weights: string;
  fracture: AgreementKappa;
  grade: AgreementKappa;
  corners: AgreementCorners;
  heights: AgreementHeights[];
  notes: string[];
}

export const EXPORT_FORMATS = [
  "spondyl",
  "coco",
  "labelme",
  "cvat",
  "via",
  "labelstudio",
  "buu",
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

// ---- quality -----------------------------------------------------------------------------------

export interface QualityDay {
  day: string;
  films: number;
  assessable: number;
  positive: number;
  rate: number | null;
  low: number | null;
  high: number | null;
}

export interface QualityMonth {
  month: string;
  site: string;
  films: number;
  positive: number;
  rate: number | null;
  not_assessable: number;
  decided: number;
  disagreed: number;
  /** Of decided films those that readers see otherwise. */
  share: number | null;
  low: number | null;
  high: number | null;
  rejected: number;
  missed: number;
  false_alarms: number;
  bodies: number;
  bodies_changed: number;
  compared: number;
  psi: number | null;
  /** What chance stays under in 95 %. */
  psi_limit: number | null;
  ks: number | null;
  ks_p: number | null;
  drift: "steady" | "moderate" | "marked" | "too_few";
}

export interface QualityWarning {
  kind: "drift" | "positive_rate" | "not_assessable" | "sex" | "age" | "disagreement";
  site: string;
  month: string;
  sentence: string;
}

export interface Quality {
  first: string;
  last: string;
  days: QualityDay[];
  months: QualityMonth[];
  references: {
    site: string;
    first: string;
    last: string;
    films: number;
    edges: number[];
    shares: number[];
  }[];
  warnings: QualityWarning[];
  sites: string[];
}

export interface RecalibrationWish {
  goal: "false_alarms" | "sensitivity" | "specificity";
  value: number;
  unit: "body" | "film";
  site: string | null;
}

export interface SiteFile {
  which: "accepted" | "proposed";
  sha256: string;
  name: string;
  threshold: number;
  target: string;
  made_at: string;
  films: number;
  patients: number;
  bodies: number;
  fractured: number;
  method: string;
  note: string;
  expected: Record<string, { value: number; low: number | null; high: number | null; n: number }>;
  warnings: string[];
  accepted_by: string | null;
  accepted_at: string | null;
  site: Record<string, unknown>;
}

export interface Recalibration {
  state: "none" | "running" | "done" | "failed" | "stopped";
  done: number;
  total: number;
  reason: string;
  started_at: string | null;
  proposal: SiteFile | null;
}
