import { expect, it } from "vitest";
import type { Delivery } from "../../delivery/delivery.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { parseFlow, renderPreset } from "../../flow/index.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import type { Ci } from "./open-job.ts";
import { tellForks } from "./told-forks.ts";

/** A repository whose forks open pull requests, and jobs that look by the clock. */
function repository() {
  const clock = { now: () => 1_000 };
  const store = memoryStore({ clock });
  const [shown, said]: [[number, string][], string[]] = [[], []];
  const forks: { number: number; base: string }[] = [];
  const forge = {
    openForks: async () => [...forks],
    showFork: async (number: number, text: string) => {
      if (number === 99) throw new DeliveryError({ code: "github-502", message: "GitHub is down", reaction: "retry" });
      shown.push([number, text]);
    },
  };
  const { value: flow } = parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" });
  const delivery = { store, clock, forge, flow } as unknown as Delivery;
  const ci = { progress: (line: string) => void said.push(line) } as unknown as Ci;
  return { forks, shown, said, look: () => tellForks(ci, delivery) };
}

it("tells each pull request from a fork once what is not planned, and who can have it planned", async () => {
  const { forks, shown, look } = repository();
  forks.push({ number: 3, base: "main" }, { number: 4, base: "somewhere/else" });
  await look();
  await look();
  forks.unshift({ number: 5, base: "main" });
  await look();
  expect(shown).toEqual([
    [3, expect.stringMatching(/Whoever may merge here.*`\/plangate plan`/)],
    [5, expect.stringContaining("is never applied")],
  ]);
});

it("tells so many at once and no more, and the others next", async () => {
  const { forks, shown, look } = repository();
  for (let number = 1; number <= 15; number += 1) forks.push({ number, base: "main" });
  await look();
  expect(shown).toHaveLength(10);
  await look();
  expect(shown.map(([number]) => number)).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
});

it("fails no job, and tries again", async () => {
  const { forks, said, look } = repository();
  forks.push({ number: 99, base: "main" });
  await look();
  await look();
  expect(said).toEqual(
    Array(2).fill(expect.stringMatching(/what is not planned for forks is not told .*GitHub is down/)),
  );
});
