import { Document } from "yaml";
import type { ForgeSettings } from "../../domain/forge-settings.ts";

const head = ` The settings that this repository needs on GitHub, in GitHub's own words: those of the settings pages and of the REST API.
 Where GitHub keeps a number for a person, a team or an app, its name stands here.
 \`plangate audit\` compares them with what is live, \`plangate audit --fix\` sets them.`;

/** The settings as YAML, for people to read in a review. Every name from the flow is data to the writer. */
export function writeSettings(settings: ForgeSettings): string {
  const { immutable_releases, actions, ...rest } = settings;
  const document = new Document(
    {
      repository: rest.repository,
      actions,
      ...(immutable_releases === null ? {} : { immutable_releases }),
      rulesets: rest.rulesets,
      environments: rest.environments,
      ...(rest.labels.length === 0 ? {} : { labels: rest.labels }),
    },
    // What stands in several places stands there in full: an anchor would be one more thing to follow.
    { aliasDuplicateObjects: false },
  );
  document.commentBefore = head;
  return document.toString({ lineWidth: 120, flowCollectionPadding: true });
}
