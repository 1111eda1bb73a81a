import type { Spot } from "../domain/configuration-facts.ts";
import { isConfiguration } from "../domain/tree.ts";
import { spotAt } from "./spot.ts";

/** A place that counts on a workspace other than the default one: a value of the configuration, or a command that chooses one. */
export interface WorkspaceUse extends Spot {
  readonly how: "value" | "command";
}

const value = /^(?![ \t]*(?:#|\/\/))(?:[^\n]*?[^\w.])?terraform\.workspace\b/m;
const command = /\b(?:terraform|tofu)\b[^\n]{0,200}?[ \t]workspace[ \t]+(?:select|new)\b|\bTF_WORKSPACE\b/;

/** The first such place of a text. What only tells people of commands is none. */
export function workspaceUseIn(text: string, file: string): WorkspaceUse | undefined {
  if (!/workspace/i.test(text) || /\.(?:md|markdown|rst|adoc|txt)$/i.test(file)) return undefined;
  const isValue = isConfiguration(file);
  const found = (isValue ? value : command).exec(text);
  if (found === null) return undefined;
  const index = isValue ? found.index + found[0].length - "terraform.workspace".length : found.index;
  return { how: isValue ? "value" : "command", ...spotAt(text, index) };
}
