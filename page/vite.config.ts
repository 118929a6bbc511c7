import { defineConfig } from "vite";

// The room itself listens here by default; `npm run dev` hands its requests on.
const room = process.env["SPONDYL_ROOM"] ?? "http://127.0.0.1:8750";

export default defineConfig({
  build: {
    outDir: process.env["SPONDYL_PAGE_OUT"] ?? "../src/spondyl/serve/web/page",
    emptyOutDir: true,
    sourcemap: false,
    target: "es2022",
    // Every file is served by the room itself: nothing is inlined as a data: address but small icons.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
  },
  server: {
    proxy: { "/api": room, "/health": room, "/ready": room },
  },
});
