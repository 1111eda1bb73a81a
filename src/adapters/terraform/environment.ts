import { DeliveryError } from "../../domain/errors.ts";

/** Passed on from our own environment, since most programs need them. */
const everyProgram = ["PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LANG", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/** All of our own environment that a program gets which is none of Terraform's: of the flow, or a linter. */
export function bareEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const passed = ["PATH", "HOME", "TMPDIR", "LANG"] as const;
  return Object.fromEntries(passed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/**
 * Names that no environment may give to Terraform: each would let whoever sets it change what runs, where it talks
 * to, or what it reads, past everything that was approved. The reason stands beside, for the message.
 */
const refused: readonly (readonly [RegExp, string])[] = [
  [/^TF_CLI_ARGS/, "adds arguments to commands"],
  [/^(TF_CLI_CONFIG_FILE|TERRAFORM_CONFIG)$/, "replaces the command line configuration"],
  [/^(TF_LOG|TF_TEMP_LOG)/, "writes secrets into logs"],
  [/^TF_PLUGIN_CACHE/, "shares provider programs between runs"],
  [/^(TF_REATTACH_PROVIDERS|TF_DISABLE_PLUGIN_TLS|TF_SKIP_PROVIDER_VERIFY)$/, "replaces provider programs"],
  [/^TF_(DATA_DIR|WORKSPACE|INPUT|IN_AUTOMATION|SKIP_REMOTE_TESTS|FORK|ACC)$/, "changes where or how Terraform works"],
  [/^CHECKPOINT_/, "is set by plangate itself"],
  [/^TF_HTTP_(ADDRESS|LOCK_ADDRESS|UNLOCK_ADDRESS|LOCK_METHOD|UNLOCK_METHOD|UPDATE_METHOD)$/, "moves the state"],
  [/^(HTTP|HTTPS|ALL|NO|FTP)_PROXY$/i, "sends requests through somebody else"],
  [/_ENDPOINT(_URL)?(_|$)/, "sends requests to somebody else"],
  [/^(AWS_METADATA_URL|AWS_CA_BUNDLE|ARM_METADATA_HOST(NAME)?|GCE_METADATA_HOST)$/, "sends requests to somebody else"],
  [/^(LD_|DYLD_)/, "loads code into every program"],
  [
    /^(GODEBUG|GOTRACEBACK|GOCOVERDIR|NODE_OPTIONS|BASH_ENV|ENV|PERL5OPT|PYTHONSTARTUP|GIT_EXEC_PATH)$/,
    "changes programs",
  ],
  [/^(PATH|SSL_CERT_FILE|SSL_CERT_DIR)$/, "is set by whoever runs plangate"],
];

/** Why a name may not be given to Terraform; `undefined` when it may. Values of `TF_VAR_…` are inputs, whatever their name. */
export function whyRefused(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return "is not a variable's name";
  if (name.startsWith("TF_VAR_")) return undefined;
  return refused.find(([pattern]) => pattern.test(name))?.[1];
}

/**
 * Go frees memory at twice of what is in use unless told otherwise. Loading the schemas of a large provider makes
 * much short-lived garbage, so that costs a fifth of the processor time: measured with hashicorp/aws 5.100.0, plan
 * 3.0 → 2.3 s and show 1.95 → 1.6 s of CPU at 300, for 10 % more memory. The limit is soft: above it memory is
 * freed as eagerly as before, nothing fails.
 */
export const goMemory = { GOGC: "300", GOMEMLIMIT: "1GiB" };

/**
 * The whole environment of a Terraform process: what every program needs, what the stack's environment gives, and
 * what plangate sets itself, which wins. Throws `variable-refused` for names that must never pass; `permit` lets
 * single ones through, for whoever runs plangate against private endpoints.
 */
export function processEnvironment(about: {
  readonly host: Readonly<Record<string, string | undefined>>;
  readonly given: Readonly<Record<string, string>>;
  readonly permit: readonly string[];
  readonly cliConfig: string;
}): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(about.host)) {
    if (value !== undefined && (everyProgram.includes(name) || name.startsWith("LC_"))) env[name] = value;
  }
  Object.assign(env, goMemory);
  const problems: string[] = [];
  for (const [name, value] of Object.entries(about.given)) {
    const why = about.permit.includes(name) ? undefined : whyRefused(name);
    if (why !== undefined) problems.push(`${JSON.stringify(name)} ${why}`);
    else if (value.includes("\0")) problems.push(`${JSON.stringify(name)} holds a NUL character`);
    else env[name] = value;
  }
  if (problems.length > 0) {
    throw new DeliveryError({
      code: "variable-refused",
      message: `refusing to start Terraform: the environment sets ${problems.join(", ")}`,
      reaction: "stop",
      hint: "Remove the variable from the stack's environment.",
    });
  }
  return {
    ...env,
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: about.cliConfig,
  };
}
