export function Projects() {
  return <main class="page" id="main" tabIndex={-1}>…</main>;
}
