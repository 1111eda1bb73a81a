import type { SaidSetting } from "./configuration.ts";

const given = /-backend-config[= ]+(["']?)([a-z_]+)=([^\s"']+)/g;

/** Settings of a backend that commands give, wherever they stand: in workflows, scripts, documents for people. A quick look. */
export function settingsInCommands(texts: Readonly<Record<string, string>>): readonly SaidSetting[] {
  return Object.entries(texts).flatMap(([file, text]) =>
    [...text.matchAll(given)].map(({ index, 2: name = "", 3: value = "" }) => ({
      name,
      value: /^[\w./:-]+$/.test(value) ? value : null,
      file,
      line: text.slice(0, index).split("\n").length,
    })),
  );
}
