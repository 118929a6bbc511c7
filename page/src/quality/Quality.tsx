export function Quality() {
  return <main class="page" id="main" tabIndex={-1}>…</main>;
}
