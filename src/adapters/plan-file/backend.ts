import { decode, ExtensionCodec } from "@msgpack/msgpack";
import type { BackendSettings } from "../../delivery/ports.ts";
import type { PlanMode } from "../../domain/plan.ts";
import { unreadable } from "./unreadable.ts";
import { onlyBytes, readWire } from "./wire.ts";

/** What is read of the plan's message, by field number as Terraform and OpenTofu have had them since 1.0. */
const plan = { formatVersion: 1, backend: 13, mode: 17 } as const;
/** What stands in the mode's field; a plan of the first kind leaves it out. */
const modes: readonly PlanMode[] = ["normal", "destroy", "refresh-only"];
const backendField = { type: 1, config: 2, workspace: 3 } as const;
const dynamicValue = { msgpack: 1 } as const;

/** An unknown value; a backend's settings have none. */
const extensions = new ExtensionCodec();
extensions.register({ type: 0, encode: () => null, decode: () => ({ unknown: true }) });

/** The backend that an apply of this plan will write to: what stands in the plan itself, whatever the configuration says. */
export function readBackend(tfplan: Uint8Array): BackendSettings {
  const fields = readWire(tfplan);
  const version = fields.filter(({ number }) => number === plan.formatVersion);
  if (version.length !== 1 || version[0]?.value !== 3n) throw unreadable("it is in another format than version 3");
  const message = onlyBytes(fields, plan.backend);
  if (message === undefined) throw unreadable("it names no backend");

  const backend = readWire(message);
  const unknown = backend.find(({ number }) => !Object.values<number>(backendField).includes(number));
  if (unknown !== undefined) throw unreadable(`its backend has an unknown field ${unknown.number}`);
  const value = onlyBytes(backend, backendField.config);
  const packed = value === undefined ? undefined : onlyBytes(readWire(value), dynamicValue.msgpack);
  return {
    type: textOf(onlyBytes(backend, backendField.type)),
    workspace: textOf(onlyBytes(backend, backendField.workspace)),
    settings: packed === undefined ? {} : settingsIn(packed),
  };
}

/** What kind of plan it is: the plan's own word, whatever it was asked to be. */
export function readMode(tfplan: Uint8Array): PlanMode {
  const written = readWire(tfplan).filter(({ number }) => number === plan.mode);
  const mode = written.length > 1 ? undefined : modes[Number(written[0]?.value ?? 0)];
  if (mode === undefined) throw unreadable("its mode is not known");
  return mode;
}

function settingsIn(packed: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = decode(packed, { extensionCodec: extensions, useBigInt64: false });
  } catch (cause) {
    throw unreadable("its backend's settings are not MessagePack", cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw unreadable("its backend has no settings");
  return value as Readonly<Record<string, unknown>>;
}

function textOf(bytes: Uint8Array | undefined): string {
  const text = new TextDecoder("utf-8", { fatal: false }).decode(bytes ?? new Uint8Array());
  if (text === "" || text.includes("\ufffd")) throw unreadable("its backend has no type or no workspace");
  return text;
}
