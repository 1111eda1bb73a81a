import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Octokit } from "octokit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, infra, octokitWith, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;

beforeEach(async () => {
  small = await smallGitHub();
});

afterEach(() => small.close());

describe("the API", () => {
  it("leads from page to page, on github.com's base and on Enterprise's", async () => {
    await small.pushed("ann", "dev/x", { a: "1" });
    await small.did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    for (let index = 0; index < 7; index++) await small.did("comment", "ann", { number: 1, body: `${index}` });
    const token = await small.github.tokenFor({ person: "ann" });
    for (const base of [small.github.url, `${small.github.url}/api/v3`]) {
      const as = octokitWith(base, token);
      const all = await as.paginate(as.rest.issues.listComments, { ...at, issue_number: 1, per_page: 3 });
      expect(all.map(({ body }) => body)).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
      expect(all[0]?.url.startsWith(`${base}/repos/${infra}/`)).toBe(true);
      const second = await as.rest.issues.listComments({ ...at, issue_number: 1, per_page: 3, page: 2 });
      const rels = [...(second.headers.link ?? "").matchAll(/rel="(\w+)"/g)].map(([, rel]) => rel);
      expect(rels).toEqual(["prev", "next", "last", "first"]);
    }
  });

  it("sends nothing again that has not changed, and does not count it", async () => {
    const as = await small.as("ann");
    const first = await as.rest.repos.get(at);
    const again = { ...at, headers: { "if-none-match": first.headers.etag } };
    await expect(as.rest.repos.get(again)).rejects.toMatchObject({ status: 304 });
    const limit = (await as.rest.rateLimit.get()).data.rate;
    expect(limit).toMatchObject({ limit: 5000, used: 1 });
    await (await small.as("root")).rest.repos.update({ ...at, delete_branch_on_merge: true });
    expect((await as.rest.repos.get(again)).status).toBe(200);
  });

  it("stops whoever asks too often, and says until when", async () => {
    small.github.leaveRequests("ann", 1);
    const as = await small.as("ann");
    expect((await as.rest.repos.get(at)).headers["x-ratelimit-remaining"]).toBe("0");
    await expect(as.rest.repos.get(at)).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("API rate limit exceeded"),
      response: { headers: { "x-ratelimit-remaining": "0" } },
    });
    await (await small.as("bob")).rest.repos.get(at);
  });

  it("fails as it is told to: before the work, after it, in silence, or for being asked too much", async () => {
    const as = await small.as("ann");
    const label = (name: string) => as.rest.issues.createLabel({ ...at, name });
    small.github.failNext({ how: "bad-gateway", method: "POST", path: "/labels" });
    await as.rest.repos.get(at);
    await expect(label("one")).rejects.toMatchObject({ status: 502 });
    small.github.failNext({ how: "late", path: /\/labels$/ });
    await expect(label("two")).rejects.toMatchObject({ status: 502 });
    expect((await as.rest.issues.listLabelsForRepo(at)).data.map(({ name }) => name)).toEqual(["two"]);
    small.github.failNext({ how: "unavailable", times: 2 });
    await expect(label("three")).rejects.toMatchObject({ status: 503 });
    await expect(label("three")).rejects.toMatchObject({ status: 503 });
    small.github.failNext({ how: "reset" });
    await expect(label("three")).rejects.toMatchObject({ status: 500 });
    small.github.failNext({ how: "hang" });
    await expect(
      as.request("GET /repos/{owner}/{repo}", { ...at, request: { signal: AbortSignal.timeout(200) } }),
    ).rejects.toThrow();
    small.github.failNext({ how: "secondary-limit", retryAfter: 7 });
    await expect(label("three")).rejects.toMatchObject({ status: 403, response: { headers: { "retry-after": "7" } } });
    await label("three");
  });

  it("is waited for by octokit as it comes, without anything switched off", async () => {
    const nothing = () => undefined;
    const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
    const as = new Octokit({ baseUrl: small.github.url, auth: await small.github.tokenFor({ person: "ann" }), log });
    small.github.failNext({ how: "bad-gateway" });
    small.github.failNext({ how: "secondary-limit", method: "GET", path: "/labels", retryAfter: 1 });
    expect((await as.rest.repos.get(at)).status).toBe(200);
    expect((await as.rest.issues.listLabelsForRepo(at)).status).toBe(200);
  });

  it("makes the test fail that asks for what it does not know, in a wrong form, or with a query that is not taken", async () => {
    const strict = await smallGitHub();
    const as = await strict.as("root");
    await expect(as.request("GET /repos/acme/infra/pages")).rejects.toMatchObject({ status: 404 });
    await as.request("GET /repos/acme/infra/pulls?colour=red");
    await as.request("POST /repos/acme/infra/labels", { name: "x", color: 7 }).catch(() => undefined);
    await as.request("POST /repos/acme/infra/issues", { title: "x", assignees: "ann" });
    const problem = await strict.close().catch((error: unknown) => String(error));
    expect(problem).toContain("no endpoint is known for GET /repos/acme/infra/pages");
    expect(problem).toContain('it takes no "colour" in its query');
    expect(problem).toContain("the request/assignees must be array");
  });

  it("refuses a body that it cannot read, a token that it does not know, and forms that it does not take", async () => {
    const headers = { authorization: `token ${await small.github.tokenFor({ person: "ann" })}` };
    const post = (body: string) =>
      fetch(`${small.github.url}/repos/${infra}/labels`, { method: "POST", headers, body });
    const broken = await post("{");
    expect([broken.status, broken.headers.get("x-github-request-id")]).toEqual([
      400,
      expect.stringMatching(/^[0-9a-f-]{36}$/),
    ]);
    expect((await post("{}")).status).toBe(422);
    await expect(octokitWith(small.github.url, "ghp_unknown").rest.repos.get(at)).rejects.toMatchObject({
      status: 401,
    });
    expect((await fetch(`${small.github.url}/repos/${infra}`)).status).toBe(404);
    const open = await smallGitHub({ private: false });
    expect((await fetch(`${open.github.url}/repos/${infra}/pulls`)).status).toBe(200);
    expect(
      (await fetch(`${open.github.url}/repos/${infra}/issues`, { method: "POST", body: '{"title":"x"}' })).status,
    ).toBe(401);
    await open.close();
  });
});

describe("webhooks", () => {
  interface Sent {
    readonly event: string | undefined;
    readonly id: string | undefined;
    readonly good: boolean;
  }
  let hook: Server;
  let sent: Sent[];
  let answers: number[];

  beforeEach(async () => {
    [sent, answers] = [[], []];
    hook = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const signature = `sha256=${createHmac("sha256", "s3cret").update(Buffer.concat(parts)).digest("hex")}`;
        const header = (name: string) => request.headers[name] as string | undefined;
        sent.push({
          event: header("x-github-event"),
          id: header("x-github-delivery"),
          good: header("x-hub-signature-256") === signature,
        });
        response.writeHead(answers.shift() ?? 200).end();
      });
    });
    await new Promise<void>((listening) => hook.listen(0, "127.0.0.1", listening));
  });

  afterEach(() => new Promise((closed) => hook.close(closed)));

  it("are signed, sent once, and sent again only by hand, under the same id", async () => {
    const root = await small.as("root");
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
    const made = await root.rest.repos.createWebhook({
      ...at,
      config: { url, secret: "s3cret", content_type: "json" },
      events: ["push"],
    });
    const one = { ...at, hook_id: made.data.id };
    answers = [500];
    await small.pushed("ann", "dev/x", { a: "1" });
    await small.did("open", "ann", { head: "dev/x", base: "main", title: "T" });
    await small.github.webhooks.settled();
    const pushed = small.github.webhooks.deliveries.findLast((one) => one.event === "push");
    expect(sent).toEqual([{ event: "push", id: pushed?.id, good: true }]);
    const [delivery] = (await root.rest.repos.listWebhookDeliveries(one)).data;
    expect(delivery).toMatchObject({ status_code: 500, redelivery: false });
    await root.rest.repos.redeliverWebhookDelivery({ ...one, delivery_id: delivery?.id ?? 0 });
    expect(sent.map(({ id }) => id)).toEqual([delivery?.guid, delivery?.guid]);
    expect((await root.rest.repos.listWebhooks(at)).data).toHaveLength(1);
    await root.rest.repos.getWebhook(one);
    await root.rest.repos.deleteWebhook(one);
  });
});
