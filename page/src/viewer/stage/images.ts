/** Hands the films' pixels to Cornerstone: an image loader and the metadata it asks for. */
import { cache, Enums, imageLoader, metaData, type Types } from "@cornerstonejs/core";

import { PixelStore, type FilmPixels } from "./pixels";

const SCHEME = "film";

/** Row spacing over column spacing, for films whose pixels are not square. */
const aspects = new Map<string, number>();
const opened = new Map<string, FilmPixels>();

export const imageIdOf = (filmId: string): string => `${SCHEME}:${filmId}`;
const filmIdOf = (imageId: string): string => imageId.slice(SCHEME.length + 1);

export const pixelStore = new PixelStore(undefined, (filmId) => {
  opened.delete(filmId);
  if (cache.getImageLoadObject(imageIdOf(filmId))) {
    cache.removeImageLoadObject(imageIdOf(filmId), { force: true });
  }
});

/** Must be known before the film is shown: Cornerstone lays the picture out by it. */
export function setAspect(filmId: string, spacing: readonly number[] | null): void {
  const [row, column] = spacing ?? [];
  aspects.set(filmId, row && column ? row / column : 1);
}

export const aspectOf = (filmId: string): number => aspects.get(filmId) ?? 1;

export function registerFilmImages(): void {
  imageLoader.registerImageLoader(SCHEME, (imageId) => ({
    promise: load(imageId) as Promise<never>,
    cancelFn: undefined,
  }));
  metaData.addProvider(provide, 10_000);
}

async function load(imageId: string): Promise<Types.IImage> {
  const film = await pixelStore.get(filmIdOf(imageId));
  opened.set(film.id, film);
  return {
    imageId,
    minPixelValue: film.lowest,
    maxPixelValue: film.highest,
    slope: 1,
    intercept: 0,
    windowCenter: film.window_center,
    windowWidth: film.window_width,
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    getPixelData: () => film.values,
    getCanvas: () => document.createElement("canvas"),
    rows: film.rows,
    columns: film.columns,
    height: film.rows,
    width: film.columns,
    color: false,
    rgba: false,
    numberOfComponents: 1,
    columnPixelSpacing: 1,
    rowPixelSpacing: aspectOf(film.id),
    // The server has turned films with dark bone already.
    invert: false,
    photometricInterpretation: "MONOCHROME2",
    sizeInBytes: film.values.byteLength,
    dataType: "Uint16Array",
  };
}

function provide(type: string, imageId: unknown): unknown {
  if (typeof imageId !== "string" || !imageId.startsWith(`${SCHEME}:`)) return undefined;
  const film = opened.get(filmIdOf(imageId));
  if (!film) return undefined;
  switch (type) {
    case "imagePixelModule":
      return {
        pixelRepresentation: 0, bitsAllocated: 16, bitsStored: 16, highBit: 15,
        samplesPerPixel: 1, photometricInterpretation: "MONOCHROME2",
      };
    case "imagePlaneModule":
      // Film coordinates are pixels, so a column is one unit and the first pixel's centre is 0, 0.
      return {
        rows: film.rows, columns: film.columns, frameOfReferenceUID: film.id,
        rowCosines: [1, 0, 0], columnCosines: [0, 1, 0],
        imageOrientationPatient: [1, 0, 0, 0, 1, 0], imagePositionPatient: [0, 0, 0],
        columnPixelSpacing: 1, rowPixelSpacing: aspectOf(film.id), usingDefaultValues: false,
      };
    case "generalSeriesModule":
      return { modality: "DX" };
    case "voiLutModule":
      return { windowCenter: [film.window_center], windowWidth: [film.window_width] };
    default:
      return undefined;
  }
}
