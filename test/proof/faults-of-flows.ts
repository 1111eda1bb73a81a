import type { Login } from "../../src/domain/names.ts";
import { type Fault, withApprovals, withBranch, withEnvironment, withGate, withRows } from "./fault.ts";

const ann = "ann" as Login;
const prod = "prod on merge";

/** Flows with a hole. Most are refused by the checks of the flow; the proof gets them past those, and sees them by itself. */
export const faultsOfFlows: readonly Fault[] = [
  {
    name: "production asks for nobody's approval",
    preset: "gitflow",
    breaks: "P1",
    slice: "prod on merge from dev, develop, main: who says yes",
    flow: (flow) => withApprovals(flow, "prod", { count: 0 }),
  },
  {
    name: "writers count as approvers of production",
    preset: "trunk-demo",
    breaks: "P1",
    slice: `${prod} from feature, main: who says yes`,
    flow: (flow) => withApprovals(flow, "prod", { notBy: [] }),
  },
  {
    name: "who starts a demonstration approves it",
    preset: "trunk-demo",
    breaks: "P1",
    slice: "test by Demo (apply) from feature: who says yes",
    flow: (flow) => withGate(flow, "demo-test", { notBy: ["writers"] }),
  },
  {
    name: "a demonstration asks for nobody's approval",
    preset: "trunk-demo",
    breaks: "P1",
    slice: "test by Demo (apply) from feature: who says yes",
    flow: (flow) => withGate(flow, "demo-test", { count: 0 }),
  },
  {
    name: "a teardown asks for nobody's approval",
    preset: "trunk-demo",
    breaks: "P1",
    slice: "test: destroyed by hand",
    flow: (flow) => withGate(flow, "teardown-test", { count: 0 }),
  },
  {
    name: "develop asks for no review, and stage for no approval",
    preset: "gitflow",
    breaks: "P1",
    slice: "stage on merge from dev, develop: how it comes in",
    flow: (flow) => withBranch(flow, "develop", { reviews: null }),
  },
  {
    name: "a regulated flow asks for one person before production changes",
    preset: "trunk-demo",
    breaks: "P1",
    slice: `${prod} from feature, main: who says yes`,
    flow: (flow) => ({ ...flow, assurance: "regulated" }),
  },
  {
    name: "production takes feature branches",
    preset: "trunk-demo",
    breaks: "P2",
    slice: prod,
    flow: (flow) => withEnvironment(flow, "prod", { appliesFrom: ["main", "feature"] }),
  },
  {
    name: "stage takes dev branches",
    preset: "gitflow",
    breaks: "P2",
    slice: "stage on merge",
    flow: (flow) => withEnvironment(flow, "stage", { appliesFrom: ["develop", "dev"] }),
  },
  {
    name: "production may be destroyed",
    preset: "trunk-demo",
    breaks: "P3",
    slice: prod,
    flow: (flow) => withEnvironment(flow, "prod", { destroyable: true }),
  },
  {
    name: "a hotfix on main is not brought back",
    preset: "integration-branch",
    breaks: "P5",
    slice: "stay one history",
    flow: (flow) => withBranch(flow, "main", { backMerge: [] }),
  },
  {
    name: "the pull requests of main are checked by nothing",
    preset: "gitflow",
    breaks: "P6",
    slice: "drift",
    flow: (flow) =>
      withRows(flow, (rows) =>
        rows.map((row) => (row.into === "main" ? { ...row, do: row.do.filter((step) => step !== "check") } : row)),
      ),
  },
  {
    name: "two rows apply after one merge",
    preset: "gitflow",
    breaks: "P9",
    flow: (flow) =>
      withRows(flow, (rows) => [
        ...rows,
        ...rows.filter(({ on, into }) => on === "merge" && into === "main").map((row) => ({ ...row, line: 99 })),
      ]),
  },
  {
    name: "a schedule looks twice",
    preset: "gitflow",
    breaks: "P9",
    flow: (flow) =>
      withRows(flow, (rows) => [
        ...rows,
        ...rows.filter(({ on }) => on === "schedule").map((row) => ({ ...row, drift: "propose" as const, line: 99 })),
      ]),
  },
  {
    name: "no row applies to production",
    preset: "trunk-demo",
    breaks: "P9",
    flow: (flow) => withRows(flow, (rows) => rows.filter(({ environment }) => environment !== "prod")),
  },
  {
    name: "production takes a branch that no row delivers",
    preset: "trunk-demo",
    breaks: "P9",
    flow: (flow) => withEnvironment(flow, "prod", { appliesFrom: ["hotfix"] }),
  },
  {
    name: "a dispatch delivers a release that nobody can make",
    preset: "trunk-stored-plan",
    breaks: "P9",
    flow: (flow) => ({ ...flow, releases: [] }),
  },
  {
    name: "a job is for an environment that takes nothing it could deliver",
    preset: "gitflow",
    breaks: "P9",
    flow: (flow) =>
      withRows(flow, (rows) =>
        rows.map((row) => (row.on === "dispatch" ? { ...row, environment: "stage", ref: "nothing" } : row)),
      ),
  },
  {
    name: "a window that never opens",
    preset: "trunk-demo",
    breaks: "P9",
    flow: (flow) =>
      withEnvironment(flow, "prod", { windows: [{ text: "never", days: [], from: 0, to: 1, zone: "UTC" }] }),
  },
  {
    name: "stage waits for production, and production for stage",
    preset: "gitflow",
    breaks: "P9",
    flow: (flow) => withEnvironment(flow, "stage", { after: ["prod"] }),
  },
  {
    name: "the only approver is an author too",
    preset: "trunk-stored-plan",
    breaks: "P11",
    flow: (flow) => ({ ...flow, teams: { owners: { logins: [ann], forgeTeam: null } } }),
  },
  {
    name: "more approvals are asked for than there are people",
    preset: "trunk-demo",
    breaks: "P11",
    flow: (flow) => withApprovals(flow, "prod", { count: 3 }),
  },
  {
    name: "more reviews are asked for than there are people",
    preset: "gitflow",
    breaks: "P11",
    flow: (flow) => withBranch(flow, "main", { reviews: { count: 3, by: null, codeOwners: false } }),
  },
  {
    name: "a gate that names nobody",
    preset: "trunk-demo",
    breaks: "P11",
    flow: (flow) => withGate(flow, "demo-test", { by: { teams: [], logins: [] } }),
  },
  {
    name: "plans are too old as soon as they are made",
    preset: "trunk-stored-plan",
    breaks: "P11",
    flow: (flow) => ({ ...flow, apply: { ...flow.apply, maxAge: 1 } }),
  },
  {
    name: "main accepts no branch that anybody could cut",
    preset: "trunk-demo",
    breaks: "P9",
    flow: (flow) => withBranch(flow, "main", { accepts: [] }),
  },
];
