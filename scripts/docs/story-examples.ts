import { readFileSync } from "node:fs";
import { join } from "node:path";
import { testCommand } from "../../src/apps/cli/commands/test.ts";
import { root } from "../parts.ts";

/** Stories of test/scenarios that docs/stories.md shows, each in the region that is called like it. */
export const shownStories = [
  "gitflow/attack-own-approval",
  "trunk-demo/attack-dispatcher-approves",
  "gitflow/window-waits",
] as const;

/** A story as it stands in its file, without what the file says to those who work on it. */
export function renderStory(name: string): string {
  const text = readFileSync(join(root, "test/scenarios", `${name}.yaml`), "utf8");
  return `\`\`\`yaml\n${text.replace(/^(?:#.*\n)+/, "").trim()}\n\`\`\``;
}

const failing = "docs/examples/own-approval.yaml";

/** A story that does not hold, and what `plangate test` says of it. */
export async function renderFailingStory(): Promise<string> {
  const context = {
    options: { directory: root, flow: "plangate.yaml", json: false, quiet: true, color: false },
    env: {},
    progress: () => undefined,
    signal: new AbortController().signal,
    ask: () => Promise.reject(new Error("nobody is asked about a story")),
  };
  const { exitCode, text } = await testCommand(context, { operands: [[failing]], options: {} });
  if (exitCode !== 3) throw new Error(`${failing} should not hold, and plangate test exits with ${exitCode}`);
  return [
    `\`\`\`yaml\n${readFileSync(join(root, failing), "utf8").trim()}\n\`\`\``,
    `\`\`\`console\n$ plangate test ${failing}\n${text}\n\`\`\``,
  ].join("\n\n");
}
