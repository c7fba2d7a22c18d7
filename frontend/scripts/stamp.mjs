// Writes BUILD.json beside the build: a hash of everything the build was made from. A test without Node compares it.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SINGLE = ["package.json", "package-lock.json", "vite.config.ts", "tsconfig.json", "postcss.config.js"];

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .sort();
}

const hash = createHash("sha256");
for (const file of [...SINGLE, ...filesBelow("src")].sort()) {
  hash.update(`${file}\n`).update(readFileSync(file)).update("\n");
}
writeFileSync("../static/app/BUILD.json", `${JSON.stringify({ source: hash.digest("hex") })}\n`);
