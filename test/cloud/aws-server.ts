import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fetchedProgram } from "../../scripts/fetched-programs.ts";
import { freePort } from "./free-port.ts";

/** For tests: an AWS of one's own, by moto, which keeps roles and policies as AWS does and judges nobody by them. */
export interface AwsServer {
  readonly endpoint: string;
  /** What a request answers, in the name of an account. */
  ask(account: string, action: string, parameters: Readonly<Record<string, string>>): Promise<string>;
  close(): void;
}

export async function openAwsServer(accounts: readonly string[]): Promise<AwsServer> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const script = fileURLToPath(new URL("aws-server.py", import.meta.url));
  const python = join(dirname(fetchedProgram("moto")), "python");
  const env = { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: "true" };
  const server = spawn(python, [script, String(port), ...accounts], { stdio: "ignore", env });
  const ends = Date.now() + 180_000;
  while (
    !(await fetch(endpoint).then(
      () => true,
      () => false,
    ))
  ) {
    if (server.exitCode !== null || Date.now() > ends) throw new Error("moto does not answer");
    await new Promise((done) => setTimeout(done, 100));
  }
  return {
    endpoint,
    async ask(account, action, parameters) {
      const answer = await fetch(endpoint, {
        method: "POST",
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          authorization: `AWS4-HMAC-SHA256 Credential=AKIA0000${account}/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0`,
        },
        body: new URLSearchParams({ Action: action, Version: "2010-05-08", ...parameters }),
      });
      return answer.text();
    },
    close: () => server.kill(),
  };
}
