import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { Forge as ForgePort } from "../../src/delivery/ports.ts";
import type { Event } from "../../src/domain/event.ts";
import type { Flow } from "../../src/flow/index.ts";
import { infra, type SmallForge, smallForge } from "../../src/worlds/real/forge/small-forge.ts";
import { eventsOf } from "../../src/worlds/real/forge-events.ts";
import { openForgePort } from "../../src/worlds/real/forge-port.ts";

/** A small forge in a folder of its own, which goes with it. */
export interface SmallForgeStage extends SmallForge {
  readonly dir: string;
  close(): void;
}

export async function smallForgeStage(): Promise<SmallForgeStage> {
  const dir = mkdtempSync(join(tmpdir(), "forge-"));
  const small = await smallForge(dir);
  return {
    ...small,
    dir,
    close() {
      small.forge.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The port on such a forge, and what every act on it meant to plangate, oldest first. */
export interface ForgePortStage {
  readonly small: SmallForgeStage;
  readonly port: ForgePort;
  readonly events: Event[];
}

export async function forgePortStage(flow: Flow): Promise<ForgePortStage> {
  const small = await smallForgeStage();
  const { forge } = small;
  const events: Event[] = [];
  forge.listen((told) => void events.push(...told.flatMap((event) => eventsOf(forge, infra, event))));
  return { small, port: openForgePort({ forge, repository: infra, flow, bot: "plangate[bot]" }), events };
}

/** An act that the forge does not let through, as it is expected. */
export const refusal = (status: number, message: string | RegExp) => ({
  ok: false,
  blocked: { status, message: expect.stringMatching(message) },
});
