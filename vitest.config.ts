import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.ts";

const realTests = ["src/**/*.real.test.ts", "test/**/*.real.test.ts", "test/real/**/*.test.ts"];

/**
 * Two projects: `unit` answers in seconds and starts no program; `real` runs the real terraform, git and other
 * processes, so few of its files at a time and with patience. Every test file under src/ and test/ is in exactly one.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          setupFiles: ["test/seed.ts"],
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: realTests,
          // By itself Vitest leaves a core idle, which on a small machine is half of them.
          maxWorkers: "100%",
          sequence: { groupOrder: 0 },
          // Properties over many cases take seconds, and more on a busy machine.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "real",
          setupFiles: ["test/seed.ts"],
          include: realTests,
          pool: "forks",
          // One more than a small machine has cores: there is always one that waits for a lock or a pause.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
