import type { Diagnostic } from "../../domain/diagnostic.ts";
import { allowsProvider } from "../../domain/lock-file.ts";
import { joinPath } from "../../domain/tree.ts";
import { each, problem, warning } from "../../flow/check.ts";
import type { Flow, Stack } from "../../flow/flow.ts";
import type { InspectedStacks, StackCheck } from "../check.ts";
import { isLocal } from "../modules.ts";

/** Every root module that starts providers has its dependency lock file in Git, with the providers that it requires. */
export const everyProviderIsLocked: StackCheck = {
  name: "every-provider-is-locked",
  find: (about) => each(rootsWithProviders(about), (stack) => lockOf(stack, about)),
};

function lockOf(stack: Stack, about: InspectedStacks): readonly Diagnostic[] {
  const file = lockFileOf(stack.root);
  const pins = about.survey.locks.get(file);
  if (pins === undefined) return lockMissing(stack, file, about);
  if (pins === null) {
    const summary =
      "This dependency lock file is not in the form that the tool writes, so nobody can tell what it pins.";
    return [problem("lock-file-unreadable", { file, line: 1, column: 1 }, [summary, "Let the tool write it again."])];
  }
  const locked = new Set(pins.map(({ address }) => shortAddress(address)));
  const wanted = about.modules.reachedFrom(stack.root).flatMap(({ providers }) => providers);
  const missing = wanted.find(
    ({ source, required }) => required && source !== null && !isBuiltin(source) && !locked.has(shortAddress(source)),
  );
  if (missing === undefined) return [];
  const summary = `The dependency lock file of ${stack.root} does not have ${missing.source}.`;
  const hint = `Run \`${commandOf(about.flow)} init\` there and commit the file.`;
  return [
    problem("lock-file-outdated", { file: missing.file, line: missing.line, column: missing.column }, [summary, hint]),
  ];
}

function lockMissing(stack: Stack, file: string, about: InspectedStacks): readonly Diagnostic[] {
  const certain = about.modules.reachedFrom(stack.root).some(({ providers }) => providers.some(isNeeded));
  const why = about.ignored.has(file) ? "is ignored by Git" : "is not there";
  const summary = `${stack.root} needs providers, and its dependency lock file ${why}: nothing says which ones are started.`;
  const hint = about.ignored.has(file)
    ? "Take .terraform.lock.hcl out of .gitignore and commit it."
    : `Run \`${commandOf(about.flow)} init\` there and commit .terraform.lock.hcl.`;
  // A module from elsewhere may need none.
  return [(certain ? problem : warning)("lock-file-missing", about.place(stack), [summary, hint])];
}

/** Every provider is one that the flow lets be started: those that lock files pin, and those that modules ask for. */
export const everyProviderIsAllowed: StackCheck = {
  name: "every-provider-is-allowed",
  find(about) {
    const roots = rootsOf(about.stacks);
    const pinned = roots.flatMap(({ root }) => {
      const file = lockFileOf(root);
      return (about.survey.locks.get(file) ?? []).map((pin) => ({ ...pin, file }));
    });
    const asked = roots.flatMap(({ root }) =>
      about.modules
        .reachedFrom(root)
        .flatMap(({ providers }) =>
          providers.flatMap(({ source, required, file, line, column }) =>
            required && source !== null && !isBuiltin(source)
              ? [{ address: wholeAddress(source, about.flow), file, line, column }]
              : [],
          ),
        ),
    );
    const places = new Map([...pinned, ...asked].map((use) => [`${use.file} ${use.line} ${use.address}`, use]));
    return each([...places.values()], ({ address, file, line, column }) => {
      if (allowsProvider(about.flow.allow.providers, address)) return [];
      const summary = `The provider ${address} is not on the flow's list, so it is never started.`;
      const hint = "Use another, or add it to `allow.providers` when you trust whoever publishes it.";
      return [problem("provider-not-allowed", { file, line, column }, [summary, hint])];
    });
  },
};

/** One stack for each root module that needs a provider, or calls a module from elsewhere that may. */
function rootsWithProviders(about: InspectedStacks): readonly Stack[] {
  return rootsOf(about.stacks).filter(({ root }) =>
    about.modules
      .reachedFrom(root)
      .some(({ providers, calls }) => providers.some(isNeeded) || calls.some(({ source }) => !isLocal(source))),
  );
}

/** One stack for each root module. */
export function rootsOf(stacks: readonly Stack[]): readonly Stack[] {
  return [...new Map(stacks.map((stack) => [stack.root, stack])).values()];
}

/** `terraform` is part of the tool: `terraform_data`, remote state. */
function isNeeded({ name, source }: { readonly name: string; readonly source: string | null }): boolean {
  return name !== "terraform" && !(source !== null && isBuiltin(source));
}

function isBuiltin(source: string): boolean {
  return source.startsWith("terraform.io/builtin/");
}

export function lockFileOf(root: string): string {
  return joinPath(root, ".terraform.lock.hcl") ?? ".terraform.lock.hcl";
}

/** Without the host of a public registry, which each tool fills in for itself. */
function shortAddress(address: string): string {
  return address.toLowerCase().replace(/^registry\.(?:terraform\.io|opentofu\.org)\//, "");
}

function wholeAddress(source: string, { tool }: Flow): string {
  const host = tool === "opentofu" ? "registry.opentofu.org" : "registry.terraform.io";
  const parts = source.toLowerCase().split("/");
  return parts.length === 3
    ? parts.join("/")
    : [host, ...(parts.length === 1 ? ["hashicorp"] : []), ...parts].join("/");
}

function commandOf({ tool }: Flow): string {
  return tool === "opentofu" ? "tofu" : "terraform";
}
