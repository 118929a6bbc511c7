/** What is drawn over the film grows with the page's letters, which large screens make larger. */

const ORDINARY_PX = 16;

export function pageScale(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / ORDINARY_PX || 1;
}
