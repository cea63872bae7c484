import { defineConfig } from "vitest/config";

export default defineConfig({
  // The page works in any folder of a site.
  base: "./",
  build: {
    assetsDir: ".",
    // The licences of the libraries in the bundle.
    license: { fileName: "licences.txt" },
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        minifyInternalExports: false,
        // The browser tests import this module by its name, to test the code that the page runs.
        manualChunks: (id) => (id.includes("/src/hosts.ts") ? "hosts" : undefined),
        chunkFileNames: (chunk) => (chunk.name === "hosts" ? "hosts.js" : "[name]-[hash].js"),
      },
    },
  },
  test: { include: ["tests/**/*.test.ts"] },
});
