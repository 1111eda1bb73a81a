import { describeStoriesInJobs } from "./support/stories.ts";

describeStoriesInJobs("trunk-stored-plan", [
  "attack-approval-before-plan",
  "attack-lineage",
  "attack-rerun-after-crash",
  "attack-trusted-path",
  "crash-while-looking",
  "ephemeral",
  "good-life",
  "state-moved-other-meaning",
  "state-moved-same-meaning",
  "two-pull-requests",
  "verify-fails",
]);
