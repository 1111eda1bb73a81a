/**
 * What a change's code can do in any job: list, read, replace and delete artifacts of its own run.
 *
 *     hostile-artifact list | get NAME FOLDER | put NAME FOLDER | delete NAME
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const [word, name = "", folder = ""] = process.argv.slice(2);

async function ask(method, body) {
  const answer = await fetch(`${process.env.ACTIONS_RESULTS_URL}${encodeURIComponent(name)}`, {
    method,
    body,
    headers: { authorization: `Bearer ${process.env.ACTIONS_RUNTIME_TOKEN}` },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return JSON.parse(text);
}

function filesOf(dir) {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [relative(dir, path), readFileSync(path).toString("base64")]));
}

switch (word) {
  case "list":
    process.stdout.write(`${(await ask("GET")).join("\n")}\n`);
    break;
  case "get":
    for (const [path, content] of Object.entries((await ask("GET")) ?? {})) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, Buffer.from(content, "base64"));
    }
    break;
  case "put":
    await ask("PUT", JSON.stringify(filesOf(folder)));
    break;
  case "delete":
    await ask("DELETE");
    break;
  default:
    throw new Error(`hostile-artifact does not know ${word}`);
}
