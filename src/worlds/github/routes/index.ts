import type { Route } from "../ask.ts";
import { accountRoutes } from "./accounts.ts";
import { checkRoutes } from "./checks.ts";
import { commitRoutes } from "./commits.ts";
import { contentRoutes } from "./contents.ts";
import { gitDataRoutes } from "./git-data.ts";
import { issueRoutes } from "./issues.ts";
import { pullRequestRoutes } from "./pull-requests.ts";
import { repositoryRoutes } from "./repositories.ts";

/** Every endpoint that is known. */
export const routes: readonly Route[] = [
  ...accountRoutes,
  ...checkRoutes,
  ...commitRoutes,
  ...contentRoutes,
  ...gitDataRoutes,
  ...issueRoutes,
  ...pullRequestRoutes,
  ...repositoryRoutes,
];
