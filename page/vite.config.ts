import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { licences } from "./build/licences.ts";

// The room itself listens here by default; `npm run dev` hands its requests on.
const room = process.env["SPONDYL_ROOM"] ?? "http://127.0.0.1:8750";

export default defineConfig({
  resolve: {
    // vtk.js pulls it in for meshes; it cannot be loaded in a browser (see there).
    alias: { xmlbuilder2: fileURLToPath(new URL("src/viewer/stage/noXml.ts", import.meta.url)) },
  },
  plugins: [licences()],
  build: {
    outDir: process.env["SPONDYL_PAGE_OUT"] ?? "../src/spondyl/serve/web/page",
    emptyOutDir: true,
    sourcemap: false,
    target: "es2022",
    // Every file is a file of the room: nothing is inlined as a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // Other people's code changes seldom: in files of its own it stays the same file, in the
        // browser's cache and in the repository, when the page changes.
        codeSplitting: {
          groups: [
            { name: "preact", test: /node_modules\/(preact|@preact)\//, priority: 2 },
            { name: "cornerstone", test: /node_modules\//, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: { "/api": room, "/health": room, "/ready": room },
  },
});
