/** A flow as used with something else in one place, once for each place that it has, named by its path. */
export function* altered(value: unknown, path: string): Generator<readonly [path: string, value: unknown]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield [`${path}[${index}] gone`, value.filter((_, at) => at !== index)];
      for (const [where, other] of altered(item, `${path}[${index}]`)) yield [where, value.with(index, other)];
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const [where, other] of altered(item, `${path}.${key}`)) yield [where, { ...value, [key]: other }];
    }
  } else if (typeof value === "boolean") yield [path, !value];
  else if (typeof value === "number") yield [path, value + (value > 1000 ? 3_600_000 : 1)];
  else if (typeof value === "string") {
    const words = path.endsWith(".on") ? events : others;
    yield [path, words[value] ?? `${value}x`];
  }
}

const events: Readonly<Record<string, string>> = {
  push: "pull_request",
  pull_request: "merge",
  merge: "push",
  dispatch: "merge",
  schedule: "dispatch",
  release: "merge",
};

/** Words of a fixed list are exchanged for others of it. */
const others: Readonly<Record<string, string>> = {
  opentofu: "terraform",
  server: "actions",
  team: "regulated",
  squash: "merge",
  rebase: "fast-forward",
  merge: "squash",
  required: "optional",
  optional: "required",
  free: "never",
  never: "free",
  acknowledged: "free",
  dev: "stage",
  stage: "prod",
  prod: "test",
  ephemeral: "dev",
  applied: "planned",
  planned: "applied",
  writers: "triggerer",
  triggerer: "writers",
  "ask-again": "fail",
  stored: "fresh",
  detect: "propose",
  propose: "apply",
  "Europe/Berlin": "UTC",
  UTC: "Europe/Berlin",
  check: "plan",
  plan: "check",
  comment: "check",
  artifact: "check",
  gate: "check",
  apply: "check",
  verify: "check",
  release: "check",
  destroy: "check",
  "plan-destroy": "plan",
  drift: "check",
};
