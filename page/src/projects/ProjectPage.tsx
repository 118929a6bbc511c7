export function ProjectPage({ id }: { id: string }) {
  return <main class="page" id="main" tabIndex={-1}>…</main>;
}
