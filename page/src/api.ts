/** Typed client of the room's interface. Nothing else in the page calls `fetch`. */
import type * as t from "./types";

const PREFIX = "/api/v1";

/** A refusal of the room, with its sentence. */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;

  constructor(problem: Partial<t.Problem> & { status: number }) {
    super(problem.detail ?? problem.title ?? `The room answered ${problem.status}.`);
    this.name = "ApiError";
    this.status = problem.status;
    this.title = problem.title ?? "";
  }
}

let csrf = "";
/** Who is signed in, while that is asked: what changes something waits for the word it needs. */
let asking: Promise<unknown> | null = null;
let onSignedOut: () => void = () => {};

/** Called when the room says that nobody is signed in (any more). */
export function whenSignedOut(call: () => void): void {
  onSignedOut = call;
}

type Query = Record<string, string | number | boolean | null | undefined>;

export function address(path: string, query: Query = {}): string {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") parts.set(key, String(value));
  }
  const text = parts.toString();
  return PREFIX + path + (text ? `?${text}` : "");
}

async function refusal(response: Response): Promise<ApiError> {
  let problem: Partial<t.Problem> = {};
  try {
    problem = (await response.json()) as Partial<t.Problem>;
  } catch {
    // Not JSON: a proxy in between, say. The status is all there is to tell.
  }
  return new ApiError({ ...problem, status: response.status });
}

async function send(method: string, url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (method !== "GET") {
    await asking;
    headers.set("X-CSRF-Token", csrf);
  }
  let response: Response;
  try {
    response = await fetch(url, { ...init, method, headers, credentials: "same-origin" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError({ status: 0, detail: "The room does not answer; is it still running?" });
  }
  if (!response.ok) {
    if (response.status === 401) onSignedOut();
    throw await refusal(response);
  }
  return response;
}

async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const response = await send("GET", address(path, query), signal ? { signal } : {});
  return (await response.json()) as T;
}

async function change<T>(method: string, path: string, body?: unknown, query?: Query): Promise<T> {
  const init: RequestInit =
    body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const response = await send(method, address(path, query), init);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

const id = encodeURIComponent;

// ---- session, users, audit ---------------------------------------------------------------------

function keep(session: t.Session): t.Session {
  csrf = session.csrf;
  return session;
}

export function getSession(): Promise<t.Session> {
  const found = get<t.Session>("/session").then(keep);
  asking = found.catch(() => {});
  return found;
}
export const signIn = async (name: string, password: string): Promise<t.Session> =>
  keep(await change("POST", "/session", { name, password }));
export const signOut = (): Promise<void> => change("DELETE", "/session");
export const getWaysIn = (): Promise<t.WaysIn> => get("/session/ways");
export const changeOwnPassword = (before: string, after: string): Promise<void> =>
  change("PUT", "/users/me/password", { old: before, new: after });
export const OIDC_START = `${PREFIX}/oidc/start`;

export const getUsers = (): Promise<t.Page<t.UserItem>> => get("/users", { limit: 500 });
export const addUser = (user: t.NewUser): Promise<t.UserItem> => change("POST", "/users", user);
export const changeUser = (user: string, to: t.UserChange): Promise<t.UserItem> =>
  change("PATCH", `/users/${id(user)}`, to);
export const getAudit = (cursor?: string | null): Promise<t.Page<t.AuditEntry>> =>
  get("/audit", { cursor, limit: 100 });

/** The program's version, and the model that made the newest reading. */
export async function getAbout(): Promise<{ version: string; model: t.Reading["model"] | null }> {
  const response = await send("GET", "/health");
  const { version } = (await response.json()) as { version: string };
  const newest = await getFilms({ sort: "suspicion", limit: 1 });
  const film = newest.items[0] ? await getFilm(newest.items[0].id) : null;
  return { version, model: film?.reading?.model ?? null };
}

// ---- films -------------------------------------------------------------------------------------

export const getFilms = (query: t.FilmQuery, signal?: AbortSignal): Promise<t.Page<t.FilmItem>> =>
  get("/films", { ...query }, signal);
export const getCounts = (query: t.FilmQuery = {}): Promise<t.FilmCounts> =>
  get("/films/counts", { site: query.site, from: query.from, to: query.to, q: query.q });
export const getSites = (): Promise<string[]> => get("/films/sites");
/** With a project: the decision is the reader's own in that project. */
export const getFilm = (
  film: string,
  signal?: AbortSignal,
  project?: string | null,
): Promise<t.FilmDetail> => get(`/films/${id(film)}`, { project }, signal);
export const readAgain = (film: string): Promise<void> => change("POST", `/films/${id(film)}/read`);
export const deleteFilm = (film: string): Promise<void> => change("DELETE", `/films/${id(film)}`);
export const thumbnail = (film: string): string => `${PREFIX}/films/${id(film)}/thumbnail.png`;
export const results = (film: string, format: "json" | "png" | "pdf" | "sr" | "sc" | "fhir") =>
  `${PREFIX}/films/${id(film)}/results.${format}`;

/** Grey values of a film; the browser keeps them, so a prefetch makes the next call quick. */
export async function getPixels(film: string, signal?: AbortSignal): Promise<t.FilmPixels> {
  const response = await send("GET", `${PREFIX}/films/${id(film)}/pixels`, signal ? { signal } : {});
  const number = (name: string) => Number(response.headers.get(name));
  return {
    rows: number("X-Rows"),
    columns: number("X-Columns"),
    window_center: number("X-Window-Center"),
    window_width: number("X-Window-Width"),
    inverted: /^(1|true)$/i.test(response.headers.get("X-Inverted") ?? ""),
    // The bytes are little-endian, as is every machine that runs a browser with WebGL.
    values: new Uint16Array(await response.arrayBuffer()),
  };
}

/** Hand films over; `progress` hears shares 0..1. */
export const uploadFilms = (
  files: readonly File[],
  progress: (share: number) => void = () => {},
): Promise<{ items: t.Taken[] }> => sendForm("/films", files, progress);

/** Send files as a form; only XMLHttpRequest tells of bytes sent. */
function sendForm<T>(
  path: string,
  files: readonly File[],
  progress: (share: number) => void = () => {},
  field = "files",
  words: Record<string, string> = {},
): Promise<T> {
  const form = new FormData();
  for (const [name, value] of Object.entries(words)) form.append(name, value);
  for (const file of files) form.append(field, file, file.webkitRelativePath || file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", PREFIX + path);
    request.setRequestHeader("X-CSRF-Token", csrf);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onerror = () =>
      reject(new ApiError({ status: 0, detail: "The room does not answer; is it still running?" }));
    request.onload = () => {
      let answer: unknown = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // As in refusal(): the status is all there is.
      }
      if (request.status >= 200 && request.status < 300) {
        resolve(answer as T);
      } else {
        if (request.status === 401) onSignedOut();
        reject(new ApiError({ ...(answer as Partial<t.Problem>), status: request.status }));
      }
    };
    request.send(form);
  });
}

// ---- decisions, measuring, comparing -----------------------------------------------------------

export const getDecisions = (film: string, project?: string): Promise<t.Page<t.Decision>> =>
  get(`/films/${id(film)}/decisions`, { project });
/** Throws ApiError with status 409 when somebody else decided in between. */
export const decide = (film: string, decision: t.NewDecision): Promise<t.Decision> =>
  change("POST", `/films/${id(film)}/decisions`, decision);
export const measure = (question: t.MeasureQuestion): Promise<t.Measured> =>
  change("POST", "/measure", question);
export const compare = (film: string, prior: string): Promise<t.Comparison> =>
  get(`/films/${id(film)}/compare/${id(prior)}`);

// ---- presence, live events ---------------------------------------------------------------------

export const present = (film: string, tab: string): Promise<{ others: t.Watcher[] }> =>
  change("PUT", `/films/${id(film)}/presence`, { tab });
/** Also said by a page that is being closed: `keepalive` lets the request outlive it. */
export async function gone(film: string, tab: string): Promise<void> {
  await send("DELETE", address(`/films/${id(film)}/presence`), {
    body: JSON.stringify({ tab }),
    headers: { "Content-Type": "application/json" },
    keepalive: true,
  });
}

const listeners = new Map<t.LiveKind, Set<(data: never) => void>>();
let source: EventSource | null = null;

function hear(kind: t.LiveKind): void {
  source?.addEventListener(kind, (event) => {
    const data = JSON.parse((event as MessageEvent<string>).data) as never;
    for (const call of [...(listeners.get(kind) ?? [])]) call(data);
  });
}

/** Listen to the room's live events; returns a function that stops. One connection for the page. */
export function live<K extends t.LiveKind>(
  kind: K,
  call: (data: t.LiveEvents[K]) => void,
): () => void {
  if (!source) {
    source = new EventSource(`${PREFIX}/events`);
    for (const known of listeners.keys()) hear(known);
  }
  let calls = listeners.get(kind);
  if (!calls) {
    calls = new Set();
    listeners.set(kind, calls);
    hear(kind);
  }
  calls.add(call as (data: never) => void);
  return () => void calls.delete(call as (data: never) => void);
}

/** Close the live connection, at signing out. */
export function quiet(): void {
  source?.close();
  source = null;
}

// ---- projects ----------------------------------------------------------------------------------

export const getProjects = (): Promise<t.Page<t.Project>> => get("/projects", { limit: 200 });
export const getProject = (project: string): Promise<t.Project> => get(`/projects/${id(project)}`);
export const addProject = (project: t.NewProject): Promise<t.Project> =>
  change("POST", "/projects", project);
export const changeProject = (
  project: string,
  to: Partial<t.NewProject> & { closed?: boolean },
): Promise<t.Project> => change("PATCH", `/projects/${id(project)}`, to);
export const setMembers = (
  project: string,
  members: { user_id: string; role: t.MemberRole }[],
): Promise<t.Project> =>
  change("PUT", `/projects/${id(project)}/members`, { members });
/** Whom one could make a member. */
export const getProjectPeople = (project: string): Promise<{ items: t.Person[] }> =>
  get(`/projects/${id(project)}/users`);
export const addProjectFilms = (project: string, film_ids: string[]): Promise<t.AddedFilms> =>
  change("POST", `/projects/${id(project)}/films`, { film_ids });
/** Films in a `spondyl.dataset/1` as a zip, with labels and reports where it has them. */
export const importProjectFilms = (
  project: string,
  archive: File,
  labels: boolean,
  progress?: (share: number) => void,
): Promise<t.AddedFilms> =>
  sendForm(`/projects/${id(project)}/films`, [archive], progress, "file", {
    labels: String(labels),
  });
export const getProjectFilms = (
  project: string,
  query: {
    mine?: boolean;
    state?: t.ProjectFilmState;
    cursor?: string | null;
    limit?: number;
  } = {},
): Promise<t.Page<t.ProjectFilm>> => get(`/projects/${id(project)}/films`, query);
export const getProjectFilm = (project: string, film: string): Promise<t.ProjectFilmDetail> =>
  get(`/projects/${id(project)}/films/${id(film)}`);
/** The film on which one's time is best spent, passing over `after`. */
export const nextProjectFilm = (
  project: string,
  after?: string,
): Promise<{ film_id: string | null; left: number }> =>
  get(`/projects/${id(project)}/next`, { after });
export const getAgreement = (
  project: string,
  unit: "percent" | "mm" = "percent",
): Promise<t.Agreement> => get(`/projects/${id(project)}/agreement`, { unit });
export const adjudicate = (
  project: string,
  film: string,
  decision: t.NewDecision,
): Promise<t.Decision> => change("POST", `/projects/${id(project)}/films/${id(film)}/adjudicate`, decision);
export const exportProject = (
  project: string,
  format: t.ExportFormat,
  options: { pictures?: boolean; include?: "done" | "decided" } = {},
): string => address(`/projects/${id(project)}/export`, { format, ...options });

// ---- quality -----------------------------------------------------------------------------------

export const getQuality = (
  query: { from?: string; to?: string; site?: string } = {},
): Promise<t.Quality> => get("/quality", query);
export const getRecalibration = (): Promise<t.Recalibration> => get("/quality/recalibration");
export const beginRecalibration = (wish: t.RecalibrationWish): Promise<t.Recalibration> =>
  change("POST", "/quality/recalibration", wish);
/** The site that the room reads with; null where it is the one that it was given. */
export async function getSiteFile(): Promise<t.SiteFile | null> {
  try {
    const response = await send("GET", address("/quality/site-file"));
    const text = await response.text();
    return text ? (JSON.parse(text) as t.SiteFile | null) : null;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
export const acceptSiteFile = (sha256: string): Promise<t.SiteFile> =>
  change("POST", "/quality/site-file/accept", { sha256 });
export const withdrawSiteFile = (): Promise<void> => change("DELETE", "/quality/site-file");
