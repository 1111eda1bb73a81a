import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { DeliveryError } from "../../domain/errors.ts";
import { type Git, type GitResult, gitIn, runGit } from "./run-git.ts";
import { initBare } from "./write.ts";

/** A bare repository of its own, and the one remote that it knows. */
export interface Remote {
  readonly git: Git;
  readonly url: string;
  /** Runs a command that reaches the remote; what comes of it is the caller's to judge. */
  run(args: readonly string[], stdin?: string): Promise<GitResult>;
}

export interface RemoteOptions {
  readonly dir: string;
  readonly url: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly authorization?: () => Promise<string>;
}

/** How a machine reaches the network, which its owner says in variables. */
const passedOn = ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/**
 * Opens the folder's repository, making it when it is not there. No setting of a user or of the checkout has a say in how
 * the remote is reached: another address, another credential or another program could stand there.
 */
export async function openRemote(options: RemoteOptions): Promise<Remote> {
  const { dir, url, env } = options;
  const protocol = protocolOf(url);
  if (!existsSync(join(dir, "HEAD"))) await initBare(dir, { env });
  const plain = gitIn(dir, env);
  const network = passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
  const git: Git = {
    ...plain,
    env: {
      ...plain.env,
      ...Object.fromEntries(network),
      HOME: plain.dir,
      XDG_CONFIG_HOME: plain.dir,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
    },
  };
  const settings = {
    [`protocol.${protocol}.allow`]: "always",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    "credential.helper": "",
    "fetch.fsckObjects": "true",
    "push.gpgSign": "false",
    // For these commands alone: others take a blob that was not fetched for missing, and ask nobody for it.
    "remote.origin.promisor": "true",
    "remote.origin.partialCloneFilter": "blob:none",
  };
  await runGit(git, ["config", "--local", "remote.origin.url", url]);
  return {
    git,
    url,
    run: async (args, stdin) => {
      const authorization = await options.authorization?.();
      const header =
        authorization === undefined ? {} : { [`http.${url}.extraHeader`]: `Authorization: ${authorization}` };
      return runGit(git, args, {
        env: configured({ ...settings, ...header }),
        accepts: () => true,
        ...(stdin === undefined ? {} : { stdin }),
      });
    },
  };
}

/** Settings by the environment, which no other process of the machine can read, as it can a command line. */
function configured(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(settings);
  const numbered = entries.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, name],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: `${entries.length}`, ...Object.fromEntries(numbered) };
}

const thisMachine = new Set(["127.0.0.1", "localhost", "[::1]"]);

function protocolOf(url: string): "https" | "http" | "file" {
  if (isAbsolute(url)) return "file";
  const { protocol, hostname, username, password } = URL.parse(url) ?? {};
  if (protocol === "https:" && username === "" && password === "") return "https";
  if (protocol === "http:" && username === "" && password === "" && thisMachine.has(hostname ?? "")) return "http";
  throw new DeliveryError({
    code: "remote-not-safe",
    message: `reaching a remote repository by ${protocol ?? "something else than a URL"}: it is reached by https, without credentials in its address`,
    reaction: "stop",
    hint: "A token would be sent for everybody on the way to read. Give the repository's https address.",
  });
}
