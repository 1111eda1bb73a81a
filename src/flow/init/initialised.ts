import type { SaidSetting } from "./configuration.ts";

/** What the tool remembers beside a root module of the backend that somebody initialised it with on this machine. */
export const rememberedBackend = ".terraform/terraform.tfstate";

/** The settings of that backend, by the folder of the root module; none where the text is another's, or names no backend. */
export function settingsRemembered(
  texts: Readonly<Record<string, string>>,
): ReadonlyMap<string, readonly SaidSetting[]> {
  return new Map(
    Object.entries(texts).map(([folder, text]) => {
      const file = folder === "." ? rememberedBackend : `${folder}/${rememberedBackend}`;
      return [folder, settingsIn(file, text)];
    }),
  );
}

function settingsIn(file: string, text: string): readonly SaidSetting[] {
  let data: { readonly backend?: { readonly config?: unknown } } | null;
  try {
    data = JSON.parse(text) as typeof data;
  } catch {
    return [];
  }
  const lines = text.split("\n");
  return Object.entries(Object(data?.backend?.config) as Readonly<Record<string, unknown>>).flatMap(([name, value]) =>
    typeof value === "string" && value !== ""
      ? [{ name, value, file, line: lines.findIndex((line) => line.includes(JSON.stringify(name))) + 1 }]
      : [],
  );
}
