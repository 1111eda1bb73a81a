import type { Opener, Sealer } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { type KeyFile, readKey } from "./files.ts";

/** Loaded when something is sealed or opened, since that takes longer than most commands. */
const age = () => import("age-encryption");

/** Makes the two halves of a sealing key: who has only the recipient can close and not open. */
export async function makeSealingKeys(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const { generateX25519Identity, identityToRecipient } = await age();
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

const recipientForm = /^age1[0-9a-z]{58}$/;
const identityForm = /^AGE-SECRET-KEY-1[0-9A-Z]{58}$/;

/** The recipient that an identity opens for; null where it is none. */
export async function recipientOf(identity: string): Promise<string | null> {
  if (!identityForm.test(identity)) return null;
  const { identityToRecipient } = await age();
  // A text of that form may have a wrong checksum.
  return identityToRecipient(identity).catch(() => null);
}

export function isRecipient(text: string): boolean {
  return recipientForm.test(text);
}

/** Seals as age files, each recipient opens them alone. Anyone with the recipients can do it: a seal says nothing about who made it. */
export function sealerFor(recipients: readonly [string, ...string[]]): Sealer {
  return {
    seal: async (plain) => {
      const encrypter = new (await age()).Encrypter();
      for (const recipient of recipients) encrypter.addRecipient(recipient);
      return whole(await encrypter.encrypt(streamOf(plain)));
    },
  };
}

/** The recipient in the key folder. */
export function readRecipient(dir: string): Promise<string> {
  return readOneLine(dir, "recipient", recipientForm);
}

export async function readOpener(dir: string): Promise<Opener> {
  return openerFor(await readOneLine(dir, "identity", identityForm));
}

/** Opens what was sealed for the recipient of this identity, which has to be one. */
export function openerFor(identity: string): Opener {
  return {
    open: async (sealed) => {
      const decrypter = new (await age()).Decrypter();
      decrypter.addIdentity(identity);
      try {
        return await whole(await decrypter.decrypt(streamOf(sealed)));
      } catch (error) {
        throw new DeliveryError({
          code: "bundle-altered",
          message: "a part of a plan bundle was altered, or was not sealed for this store",
          reaction: "stop",
          hint: "Do not apply it. Find out who altered it; ask for a new plan.",
          detail: (error as Error).message,
          cause: error,
        });
      }
    },
  };
}

/** Given a stream, age gives one; given bytes it collects them with `Response`, which loads Node's whole HTTP client. */
function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

async function whole(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

/** The secret line of a key file; what it says never gets into a message. */
export async function readOneLine(dir: string, file: KeyFile, form: RegExp): Promise<string> {
  const line = (await readKey(dir, file)).trim();
  if (form.test(line)) return line;
  throw damagedKey(dir, file);
}

export function damagedKey(dir: string, file: KeyFile): DeliveryError {
  return new DeliveryError({
    code: "keys-damaged",
    message: `the ${file} key in ${dir} is not a key`,
    reaction: "stop",
    hint: "Restore it from a backup, or move the folder away: new keys are made, and plans must be made and approved again.",
  });
}
