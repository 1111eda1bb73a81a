import { each, problem, warning } from "../../flow/check.ts";
import type { Stack } from "../../flow/flow.ts";
import { listText } from "../../flow/issues.ts";
import type { StackCheck } from "../check.ts";
import { stateAddressOf } from "../state-address.ts";
import { rootsOf } from "./providers.ts";

/** No two stacks write one state, whichever files and settings say where it lies. */
export const noTwoStacksShareAState: StackCheck = {
  name: "no-two-stacks-share-a-state",
  find(about) {
    const owners = new Map<string, Stack>();
    const told = about.stacks.filter((stack) => stateAddressOf(stack, about).kind !== "none");
    const untold = new Set<string>();
    return each(told, (stack) => {
      const state = stateAddressOf(stack, about);
      if (state.kind === "none") return [];
      if (state.kind === "untold") {
        // Every stack of an entry lacks the same; it is said once.
        const place = about.place(stack);
        const known = `${place.line} ${state.missing.join()}`;
        if (untold.has(known)) return [];
        untold.add(known);
        const summary = `Where the state of ${stack.name} lies is not told: ${listText(state.missing, "and")} ${state.missing.length === 1 ? "is" : "are"} missing.`;
        return [
          warning("state-untold", place, [summary, "Give it under `backend` of the stack, as a file or key=value."]),
        ];
      }
      const owner = owners.get(state.address);
      if (owner === undefined) {
        owners.set(state.address, stack);
        return [];
      }
      const summary = `${stack.name} and ${owner.name} would share one state: ${state.where}.`;
      return [
        problem("state-shared", about.place(stack), [
          summary,
          "Give each a key of its own, with {environment} and {stack}.",
        ]),
      ];
    });
  },
};

/** Every root module says where its state is kept, in a place that plans can be made against and stored for. */
export const everyRootKeepsItsState: StackCheck = {
  name: "every-root-keeps-its-state",
  find(about) {
    return each(rootsOf(about.stacks), (stack) => {
      const [backend] = about.modules.in(stack.root).backends;
      if (backend === undefined) {
        const summary = `${stack.root} has no backend block, so the state of ${stack.name} would lie beside the code and be lost with it.`;
        return [
          problem("backend-missing", about.place(stack), [
            summary,
            'Write `terraform { backend "s3" {} }`, and its settings in the flow.',
          ]),
        ];
      }
      const { type, file, line, column } = backend;
      if (type === "cloud" || type === "remote") {
        const summary = `${stack.root} keeps its state in a service that also runs the plans, so no plan can be stored and approved here.`;
        return [
          problem("backend-cloud", { file, line, column }, [
            summary,
            "Use a backend that keeps the state only, such as s3, gcs or azurerm.",
          ]),
        ];
      }
      if (type !== "local" || about.flow.host !== "actions") return [];
      const summary = `${stack.root} keeps its state in a file of the machine that runs it, and a runner's machine is thrown away.`;
      return [warning("backend-local", { file, line, column }, [summary, "Use a backend that outlives the run."])];
    });
  },
};
