import { readdir } from "node:fs/promises";
import type { Delivery } from "../../delivery/delivery.ts";
import { planOrderKey, planOrderOf } from "../../delivery/plan-order.ts";

/**
 * Notes which plans a job asks for. `unordered` counts the plans in `folders` that it did not: any job of a run can upload
 * as many as it likes, under any name, and nothing comes of those.
 */
export function notingOrders(delivery: Delivery, folders: readonly string[]) {
  const asked = new Set<string>();
  const plan: Delivery["roles"]["plan"] = (order) => {
    asked.add(planOrderKey(planOrderOf(order)));
    return delivery.roles.plan(order);
  };
  return {
    delivery: { ...delivery, roles: { ...delivery.roles, plan } } satisfies Delivery,
    unordered: async (): Promise<number> => {
      const names = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
      return new Set(names.flat().filter((name) => !asked.has(name))).size;
    },
  };
}
