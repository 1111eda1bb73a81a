import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Delivery } from "../../delivery/delivery.ts";
import { planOrderKey, planOrderOf } from "../../delivery/plan-order.ts";
import type { Order } from "../../delivery/roles/work.ts";
import { commit, stackName } from "../../testing/builders.ts";
import { notingOrders } from "./unordered-plans.ts";

it("counts the plans that were uploaded and that nobody asked for, whatever they are called and wherever they lie", async () => {
  const dir = mkdtempSync(join(tmpdir(), "plangate-unordered-"));
  try {
    const order = {
      stack: { name: stackName("prod/app") },
      commit: commit("c1"),
      base: null,
      tree: "a".repeat(40),
      mode: "normal",
    } as unknown as Order;
    const key = planOrderKey(planOrderOf(order));
    for (const name of [`0/${key}`, "0/forged", "1/forged", `1/${"b".repeat(64)}`])
      mkdirSync(join(dir, name), { recursive: true });
    const plan = async () => ({ outcome: { kind: "changes" } });
    const job = notingOrders({ roles: { plan } } as unknown as Delivery, [
      join(dir, "0"),
      join(dir, "1"),
      join(dir, "2"),
    ]);
    expect(await job.unordered()).toBe(3);
    expect(await job.delivery.roles.plan(order)).toEqual({ outcome: { kind: "changes" } });
    expect(await job.unordered()).toBe(2);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
