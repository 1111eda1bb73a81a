import type { Route } from "../ask.ts";
import { accountRoutes } from "./accounts.ts";
import { actionsSettingRoutes } from "./actions-settings.ts";
import { activityRoutes } from "./activity.ts";
import { auditedRoutes } from "./audited.ts";
import { checkRoutes } from "./checks.ts";
import { commitRoutes } from "./commits.ts";
import { contentRoutes } from "./contents.ts";
import { deploymentRoutes } from "./deployments.ts";
import { dispatchRoutes } from "./dispatches.ts";
import { environmentRoutes } from "./environments.ts";
import { gitDataRoutes } from "./git-data.ts";
import { graphqlRoutes } from "./graphql.ts";
import { hookRoutes } from "./hooks.ts";
import { idTokenRoutes } from "./id-token.ts";
import { issueRoutes } from "./issues.ts";
import { lookupRoutes } from "./lookups.ts";
import { pullRequestRoutes } from "./pull-requests.ts";
import { reactionRoutes } from "./reactions.ts";
import { releaseRoutes } from "./releases.ts";
import { repositoryRoutes } from "./repositories.ts";
import { rulesetRoutes } from "./rulesets.ts";
import { runRoutes } from "./runs.ts";
import { variableRoutes } from "./variables.ts";

/** Every endpoint that is known. */
export const routes: readonly Route[] = [
  ...variableRoutes,
  ...runRoutes,
  ...rulesetRoutes,
  ...releaseRoutes,
  ...reactionRoutes,
  ...graphqlRoutes,
  ...hookRoutes,
  ...idTokenRoutes,
  ...environmentRoutes,
  ...dispatchRoutes,
  ...deploymentRoutes,
  ...actionsSettingRoutes,
  ...activityRoutes,
  ...auditedRoutes,
  ...accountRoutes,
  ...checkRoutes,
  ...commitRoutes,
  ...contentRoutes,
  ...gitDataRoutes,
  ...issueRoutes,
  ...lookupRoutes,
  ...pullRequestRoutes,
  ...repositoryRoutes,
];
