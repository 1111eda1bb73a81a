import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { JWK } from "jose";
import { type CloudDocuments, type TokenExchange, tokenExchange } from "../cloud/token-exchange.ts";

export interface CloudsAbout {
  /** Who is trusted: such as `documentsOf` a flow, whose issuer is `issuerUrl` without its scheme. */
  readonly documents: CloudDocuments;
  /** Who signs the tokens of jobs, and publishes its keys: `URL/_services/token` of the look-alike GitHub. */
  readonly issuerUrl: string;
  /** The look-alike's: tokens begin and end by it. */
  readonly clock: { readonly now: () => number };
}

/**
 * AWS and Google Cloud over HTTP, as far as jobs get credentials there: AssumeRoleWithWebIdentity at `aws`; `/v1/token`
 * and `…:generateAccessToken` at `google`. The issuer's keys are found as the clouds find them, and kept.
 */
export interface Clouds extends Pick<TokenExchange, "holderOf" | "given" | "refused"> {
  readonly aws: string;
  readonly google: string;
  /** Ends it; fails when something was asked that no cloud knows here. */
  close(): Promise<void>;
}

export async function openClouds({ documents, issuerUrl, clock }: CloudsAbout): Promise<Clouds> {
  const problems: string[] = [];
  let keys: Promise<readonly JWK[]> | undefined;
  const kept = () => {
    keys ??= publishedKeys(issuerUrl);
    return keys;
  };
  const exchange = tokenExchange({
    documents,
    issuer: { url: issuerUrl, keys: kept },
    now: () => Math.floor(clock.now() / 1000),
  });
  const server = createServer((request, response) => {
    void answerOf(exchange, request, problems).then(({ status, headers, body }) => {
      response.writeHead(status, headers);
      response.end(body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    aws: url,
    google: url,
    holderOf: exchange.holderOf,
    given: exchange.given,
    refused: exchange.refused,
    async close() {
      await new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      });
      if (problems.length > 0) throw new Error(`the clouds were used wrongly:\n${problems.join("\n")}`);
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What no cloud here knows, and what breaks it, is a problem besides. */
async function answerOf(exchange: TokenExchange, asked: IncomingMessage, problems: string[]): Promise<Answer> {
  const told = `${asked.method} ${asked.url}`;
  try {
    const response = await exchange.answer(await requestOf(asked));
    const body = await response.text();
    if (response.status === 404) problems.push(body);
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  } catch (error) {
    problems.push(`${told}: ${String(error)}`);
    return { status: 500, headers: {}, body: "" };
  }
}

async function requestOf(asked: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of asked as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = "GET", url = "/", headers } = asked;
  const { authorization } = headers;
  return new Request(new URL(url, "http://cloud"), {
    method,
    headers: authorization === undefined ? {} : { authorization },
    ...(method === "GET" || method === "HEAD" ? {} : { body: Buffer.concat(chunks) }),
  });
}

/** By the issuer's own configuration, which has to be that of the very issuer. */
async function publishedKeys(issuerUrl: string): Promise<readonly JWK[]> {
  const read = async (url: string) => (await (await fetch(url)).json()) as Readonly<Record<string, unknown>>;
  const { issuer, jwks_uri } = await read(`${issuerUrl}/.well-known/openid-configuration`);
  if (issuer !== issuerUrl) throw new Error(`${issuerUrl} calls itself ${String(issuer)}`);
  const { keys } = await read(String(jwks_uri));
  return keys as readonly JWK[];
}
