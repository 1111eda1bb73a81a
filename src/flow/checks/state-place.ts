import { hasWord, type TemplateWord } from "../templates.ts";

/**
 * Settings of Terraform's backends that say where a state lies; others say how to get there, such as `profile` and `region`,
 * or where those of other workspaces than the default one lie, and no other is ever used.
 */
const placeSettings: ReadonlySet<string> = new Set([
  "address",
  "bucket",
  "conn_str",
  "container_name",
  "datacenter",
  "hostname",
  "key",
  "name",
  "namespace",
  "organization",
  "path",
  "prefix",
  "schema_name",
  "secret_suffix",
  "storage_account_name",
  "workspaces",
]);

/**
 * Whether the word, filled in in two ways, gives two places for the state, as far as the backend settings of an entry
 * tell. A file may say anything; of settings only the last of a name counts, and only those that say where the state lies.
 */
export function tellsStatesApart(backend: readonly string[], word: TemplateWord): boolean {
  return backend.some((text, index) => {
    if (!hasWord(text, word)) return false;
    const name = settingOf(text);
    return (
      name === null || (placeSettings.has(name) && !backend.slice(index + 1).some((later) => settingOf(later) === name))
    );
  });
}

/** Whether a setting of a backend says where the state lies. */
export function saysStatePlace(setting: string): boolean {
  return placeSettings.has(setting);
}

/** The name of `name=value`; null for a file. */
function settingOf(text: string): string | null {
  const end = text.indexOf("=");
  return end < 0 ? null : text.slice(0, end).trim();
}
