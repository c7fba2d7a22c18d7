/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env["SLUICE_URL"] ?? "http://127.0.0.1:8000";

// The build goes to ../static/app and is committed: users of the Python side need no Node.
export default defineConfig({
  base: "/static/app/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../static/app",
    emptyOutDir: true,
    manifest: "manifest.json",
    sourcemap: false,
    target: "es2022",
    modulePreload: { polyfill: false },
    rollupOptions: { input: "src/main.tsx" },
  },
  worker: { format: "es" },
  server: { proxy: { "/api": server, "/login": server, "/ws": { target: server, ws: true } } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
