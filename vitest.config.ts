import { defineConfig } from "vitest/config";

const realTests = ["src/**/*.real.test.ts", "test/**/*.real.test.ts", "test/real/**/*.test.ts"];

/**
 * Two projects: `unit` answers in seconds and starts no program; `real` runs the real terraform, git and other
 * processes, so few of its files at a time and with patience. Every test file under src/ and test/ is in exactly one.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          setupFiles: ["test/seed.ts"],
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: realTests,
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
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
