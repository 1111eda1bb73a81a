import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { digestOf, keyedDigestOf } from "../domain/digest.ts";

/** A cloud with one bucket on this machine, as strict as the real one in what plangate asks of it. */
export interface SmallBucket {
  /** Instead of the cloud's own host. */
  readonly url: string;
  /** By name; tests look at them and meddle with them. */
  readonly objects: Map<string, Uint8Array>;
  /** Method and path of each request, in order. */
  readonly asked: string[];
  /** Answers in place of the bucket as long as it is set and says true: it has answered. */
  meddle: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  close(): Promise<void>;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly body?: Uint8Array | string;
}

export const s3Account = {
  bucket: "acme-plans",
  region: "eu-central-1",
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG", sessionToken: "session" },
} as const;

/** S3 that checks signatures by itself, and creates what is not there. */
export function startSmallS3(): Promise<SmallBucket> {
  const failed = (status: number, code: string): Answer => ({
    status,
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>of the stand-in</Message></Error>`,
  });
  return start((asked, objects) => {
    const wrong = whyNotSigned(asked);
    if (wrong !== null) return failed(403, wrong);
    const [, bucket, ...path] = asked.url.pathname.split("/");
    if (bucket !== s3Account.bucket) return failed(404, "NoSuchBucket");
    const name = path.join("/");
    const there = objects.get(name);
    if (asked.request.method === "GET")
      return there === undefined ? failed(404, "NoSuchKey") : { status: 200, body: there };
    if (asked.request.method !== "PUT") return failed(405, "MethodNotAllowed");
    if (asked.request.headers["if-none-match"] !== "*") return failed(403, "AccessDenied");
    if (there !== undefined) return failed(412, "PreconditionFailed");
    objects.set(name, asked.body);
    return { status: 200 };
  });
}

/** Signature version 4, made anew from what came. */
function whyNotSigned({ request, url, body }: Asked): string | null {
  const { credentials, region } = s3Account;
  const header = (name: string) => String(request.headers[name] ?? "");
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
      header("authorization"),
    );
  if (found === null) return "AccessDenied";
  const [, key, day, where, signed = "", signature] = found;
  if (key !== credentials.accessKeyId || where !== region) return "InvalidAccessKeyId";
  if (header("x-amz-security-token") !== credentials.sessionToken) return "InvalidToken";
  const declared = header("x-amz-content-sha256");
  const isPut = request.method === "PUT";
  if (isPut && declared !== hexOf(digestOf(body))) return "XAmzContentSHA256Mismatch";
  const needed = [
    "host",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    ...(isPut ? ["if-none-match"] : []),
  ];
  if (!needed.every((name) => signed.split(";").includes(name))) return "AccessDenied";
  const canonical = [
    request.method,
    url.pathname,
    "",
    ...signed.split(";").map((name) => `${name}:${header(name).trim()}`),
    "",
    signed,
    declared,
  ].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const hash = hexOf(digestOf(canonical));
  const text = ["AWS4-HMAC-SHA256", header("x-amz-date"), scope, hash].join("\n");
  const hmac = (by: Uint8Array, what: string) => Buffer.from(hexOf(keyedDigestOf(by, what)), "hex");
  const signing = [region, "s3", "aws4_request"].reduce(
    hmac,
    hmac(Buffer.from(`AWS4${credentials.secretAccessKey}`), day ?? ""),
  );
  return hmac(signing, text).toString("hex") === signature ? null : "SignatureDoesNotMatch";
}

/** Behind the name of how it was made. */
function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(":") + 1);
}

export const gcsAccount = { bucket: "acme-plans", token: "ya29.stand-in" } as const;

/** Google Cloud Storage's JSON interface, and its creating where nothing is. */
export function startSmallGcs(): Promise<SmallBucket> {
  const failed = (status: number, reason: string, message: string): Answer => ({
    status,
    body: JSON.stringify({ error: { code: status, message, errors: [{ domain: "global", reason, message }] } }),
  });
  return start(({ request, url, body }, objects) => {
    if (request.headers.authorization !== `Bearer ${gcsAccount.token}`)
      return failed(401, "authError", "Invalid Credentials");
    const [, upload, bucket, object] =
      /^(\/upload)?\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    if (bucket !== gcsAccount.bucket) return failed(404, "notFound", "The specified bucket does not exist.");
    if (request.method === "GET" && upload === undefined && object !== undefined) {
      if (url.searchParams.get("alt") !== "media") return failed(400, "invalid", "the stand-in gives content alone");
      const there = objects.get(decodeURIComponent(object));
      return there === undefined ? failed(404, "notFound", `No such object: ${object}`) : { status: 200, body: there };
    }
    const name = url.searchParams.get("name");
    if (request.method !== "POST" || upload === undefined || name === null) return failed(404, "notFound", "Not Found");
    if (url.searchParams.get("ifGenerationMatch") !== "0")
      return failed(403, "forbidden", "would delete what is there");
    if (objects.has(name)) return failed(412, "conditionNotMet", "At least one of the pre-conditions did not hold.");
    objects.set(name, body);
    return { status: 200, body: "{}" };
  });
}

async function start(answer: (asked: Asked, objects: Map<string, Uint8Array>) => Answer): Promise<SmallBucket> {
  const objects = new Map<string, Uint8Array>();
  const asked: string[] = [];
  const small: { meddle: SmallBucket["meddle"] } = { meddle: undefined };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://bucket");
      asked.push(`${request.method} ${url.pathname}`);
      if (small.meddle?.(request, response) === true) return;
      const { status, body = "" } = answer({ request, url, body: Buffer.concat(chunks) }, objects);
      response.writeHead(status, { "content-length": Buffer.byteLength(body) }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(small, {
    url: `http://127.0.0.1:${port}`,
    objects,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}
