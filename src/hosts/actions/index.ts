/**
 * Delivery spread over the jobs of a workflow: plan jobs run the change's code and close what they make, deciding jobs
 * present and record, apply jobs hold an identity. Each gets its own rights and leaves the rest to the others.
 */
export { type ApplyHeard, openApplyingHost } from "./applying-host.ts";
export { type DecidingOptions, openDecidingHost, PlanOrdered } from "./deciding-host.ts";
export { type JobDelivered, type JobRights, type Left, type OrderedRun, openJob } from "./deliver-in-job.ts";
export type { JobHost, JobOptions } from "./job-delivery.ts";
export { type PlanJobOptions, planInJob } from "./plan-job.ts";
