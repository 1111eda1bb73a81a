import { describeStoriesInJobs } from "./support/stories.ts";

describeStoriesInJobs("gitflow", [
  "after-stage",
  "attack-deletion",
  "attack-direct-push",
  "dispatch-after-crash",
  "drift",
  "held-by-branch",
  "scenario-1-new-dataset",
  "window-waits",
]);
