/**
 * Stands in for `xmlbuilder2`, which vtk.js imports for reading and writing meshes as XML.
 *
 * No film needs that, and the package extends classes of Node's `events`, which a browser has not:
 * the whole viewer would fail to load over it.
 */
export function create(): never {
  throw new Error("This page reads and writes no XML.");
}
