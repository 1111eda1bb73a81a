import { setTimeout as pause } from "node:timers/promises";
import { DeliveryError } from "../../domain/errors.ts";
import { ObjectTooLarge } from "./bucket.ts";

/** How a bucket is asked. Waiting is told in seconds, whose length tests choose. */
export interface Patience {
  /** Of a second, in milliseconds. */
  readonly second: number;
  /** Seconds until an answer counts as none. */
  readonly answer: number;
}

export const usualPatience: Patience = { second: 1000, answer: 120 };

export interface ExchangeAbout {
  /** As in `reading … from the bucket acme-plans`. */
  readonly what: string;
  /** The cloud's name, and what gives whoever asks the right to. */
  readonly cloud: string;
  readonly right: string;
  readonly patience: Patience;
  readonly signal?: AbortSignal | undefined;
}

/** What came, with its content where that is no more than was asked for. */
export interface Came {
  readonly status: number;
  readonly content: Uint8Array;
}

const tries = 4;

/**
 * Asks a bucket, and again where it did not answer, was busy, or broke off: what is created is never replaced and what is read
 * never changes, so asking twice does no harm. Answers that are no failure are named by the caller.
 *
 * @throws ObjectTooLarge when more comes than `most`
 * @throws DeliveryError `bundles-unreachable`
 */
export async function exchange(
  about: ExchangeAbout,
  make: () => Promise<Request>,
  { most, fine }: { readonly most: number; readonly fine: (came: Came) => boolean },
): Promise<Came> {
  let why = "";
  let cause: unknown;
  for (let count = 0; count < tries; count++) {
    if (count > 0) await pause(2 ** (count - 1) * about.patience.second, undefined, signalled(about.signal));
    try {
      const came = await ask(about, await make(), most);
      if (fine(came)) return came;
      if (!isPassing(came.status)) throw refused(about, came);
      why = `${about.cloud} answered ${came.status}${saidIn(came)}`;
    } catch (error) {
      if (error instanceof DeliveryError || error instanceof ObjectTooLarge || about.signal?.aborted === true)
        throw error;
      why = `${about.cloud} cannot be reached, or broke off`;
      cause = error;
    }
  }
  throw new DeliveryError({
    code: "bundles-unreachable",
    message: `${about.what}: ${why}, ${tries} times`,
    reaction: "retry",
    hint: "Run the job again when it is back.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function signalled(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

async function ask({ patience, signal }: ExchangeAbout, request: Request, most: number): Promise<Came> {
  const late = AbortSignal.timeout(patience.answer * patience.second);
  const response = await fetch(request, {
    signal: signal === undefined ? late : AbortSignal.any([late, signal]),
    // Where a bucket is said to have moved to, nobody was asked to trust.
    redirect: "manual",
  });
  const { status } = response;
  // What says why something failed is short, whatever else was asked for.
  const content = await contentOf(response, status === 200 ? most : 64 * 1024);
  return { status, content };
}

async function contentOf(response: Response, most: number): Promise<Uint8Array> {
  const told = Number(response.headers.get("content-length") ?? 0);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (told > most) {
    await response.body?.cancel();
    throw new ObjectTooLarge(`${told} bytes come, and ${most} may`);
  }
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > most) throw new ObjectTooLarge(`more than ${most} bytes come`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Answers that another try may change. Two who create one object at once get a 409 in S3. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 409 || status === 429;
}

function refused({ what, cloud, right }: ExchangeAbout, came: Came): DeliveryError {
  const said = `${what}: ${cloud} answered ${came.status}${saidIn(came)}`;
  const about = (hint: string) =>
    new DeliveryError({ code: "bundles-unreachable", message: said, reaction: "stop", hint });
  if (came.status === 401 || came.status === 403) return about(right);
  if (came.status === 404) return about("Name a bucket that is there under `bundles` of the flow, or make it.");
  return about("Compare bucket and region under `bundles` of the flow with those that are there.");
}

/** The word that a cloud has for a failure, and nothing else of what it says: that may repeat what was asked. */
export function saidIn({ content }: Came): string {
  const text = new TextDecoder().decode(content.subarray(0, 4096));
  const [, word] = /<Code>([A-Za-z]{1,60})<\/Code>/.exec(text) ?? /"reason":\s*"([A-Za-z]{1,60})"/.exec(text) ?? [];
  return word === undefined ? "" : ` (${word})`;
}

/** Credentials go to nobody but a host that is named, encrypted, or to this machine itself. */
export function safeHost(text: string, variable: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url !== undefined && /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname);
  if (url === undefined || !(url.protocol === "https:" || (url.protocol === "http:" && local)) || url.username !== "")
    throw new DeliveryError({
      code: "setting-wrong",
      message: `${variable} is no https address`,
      reaction: "stop",
      hint: "Leave it out: without it the cloud's own address is taken.",
    });
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
