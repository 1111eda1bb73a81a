import type { Site } from "../hub.ts";
import { nodeId } from "./people.ts";

/** A team by its slug in full, as `acme/devops`. */
export function teamObject(site: Site, slug: string) {
  const [org = "", name = ""] = slug.split("/");
  const id = 3000 + site.hub.forge.state.teams.findIndex((team) => team.slug.toLowerCase() === slug.toLowerCase());
  const url = `${site.api}/organizations/900000/team/${id}`;
  return {
    id,
    node_id: nodeId("T", id),
    name,
    slug: name,
    description: null,
    privacy: "closed",
    notification_setting: "notifications_enabled",
    permission: "push",
    url,
    html_url: `${site.web}/orgs/${org}/teams/${name}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: "organization",
    organization_id: 900_000,
  };
}

/** With its parent, as the team's own endpoints tell it. */
export function wholeTeam(site: Site, slug: string) {
  return { ...teamObject(site, slug), parent: null };
}
