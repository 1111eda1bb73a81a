import { describeStories } from "./support/stories.ts";

describeStories("trunk-stored-plan", "jobs");
