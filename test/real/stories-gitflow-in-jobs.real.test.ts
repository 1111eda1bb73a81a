import { describeStories } from "./support/stories.ts";

describeStories("gitflow", "jobs");
