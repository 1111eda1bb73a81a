import { DeliveryError, InternalError, type Reaction } from "../../domain/errors.ts";

interface Meaning {
  readonly code: string;
  readonly says: string;
  readonly reaction: Reaction;
  readonly hint?: string;
}

const corrupt: Meaning = {
  code: "store-corrupt",
  says: "is damaged, or is no plangate store",
  reaction: "stop",
  hint:
    "Stop every plangate that uses it and keep a copy. Save what can be read with `plangate ledger export`, " +
    "then restore the file from a backup, or move it away: plangate starts a new one, and plans must be made and approved again.",
};

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that a user can do something about. */
const meanings: Readonly<Record<number, Meaning>> = {
  3: { code: "store-unreachable", says: "may not be used by this user", reaction: "stop" },
  5: {
    code: "store-busy",
    says: "is locked by another process for too long",
    reaction: "retry",
    hint: "Another plangate, a backup or a database browser holds it. Try again when that is done.",
  },
  8: {
    code: "store-unreachable",
    says: "cannot be written",
    reaction: "stop",
    hint: "Make the file and its folder writable for the user that runs plangate.",
  },
  10: { code: "store-unreachable", says: "could not be read or written by the disk", reaction: "retry" },
  11: corrupt,
  13: {
    code: "disk-full",
    says: "has no room left on its disk; nothing was written",
    reaction: "wait",
    hint: "Free space on the disk that holds the store.",
  },
  14: {
    code: "store-unreachable",
    says: "cannot be opened",
    reaction: "stop",
    hint: "Look whether the folder exists and belongs to the user that runs plangate.",
  },
  26: corrupt,
};

/** What SQLite, or the disk below it, says in our words. What is already in our words passes unchanged. */
export function storeError(file: string, doing: string, error: unknown): Error {
  if (error instanceof DeliveryError || error instanceof InternalError) return error;
  const { errcode, code, message } = error as { errcode?: number; code?: string; message?: string };
  const meaning = errcode === undefined ? diskMeaning(code) : meanings[errcode & 0xff];
  if (meaning === undefined) return new InternalError(`${doing} in store ${file}: ${message}`, { cause: error });
  return new DeliveryError({
    code: meaning.code,
    message: `${doing}: the store ${file} ${meaning.says}`,
    reaction: meaning.reaction,
    hint: meaning.hint,
    detail: message,
    cause: error,
  });
}

/** The store's content contradicts itself, which SQLite alone cannot see. */
export function corruptStore(file: string, what: string): DeliveryError {
  return new DeliveryError({ ...corrupt, message: `the store ${file} ${corrupt.says}: ${what}` });
}

function diskMeaning(code: string | undefined): Meaning | undefined {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return meanings[13];
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return meanings[8];
    case "ENOENT":
    case "ENOTDIR":
    case "EISDIR":
      return meanings[14];
    case "ERR_OUT_OF_RANGE":
      return corrupt;
    default:
      return undefined;
  }
}
