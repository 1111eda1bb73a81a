import type { Look } from "../../real/forge/index.ts";
import type { Bearer } from "../bearer.ts";
import type { Site } from "../hub.ts";
import { isOrganization, isSameLogin } from "../shapes/people.ts";
import type { Thing } from "./execute.ts";

/** What GraphQL tells of a repository, whose look this is, to whoever asks. */
export interface About {
  readonly site: Site;
  readonly place: Look;
  readonly who: Bearer;
}

/** An account; a program's login is told without the end that it has everywhere else. */
export function actor({ site }: About, login: string): Thing {
  const bot = site.hub.forge.state.users.some((user) => user.bot && isSameLogin(user.login, login));
  const __typename = bot ? "Bot" : isOrganization(site, login) ? "Organization" : "User";
  return { __typename, login: bot ? login.replace(/\[bot\]$/, "") : login, url: `${site.web}/${login}` };
}
