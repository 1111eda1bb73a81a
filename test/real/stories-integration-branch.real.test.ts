import { describeStories } from "./support/stories.ts";

describeStories("integration-branch");
