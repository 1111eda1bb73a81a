/** What a request is answered with. */
export type Answer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** Bytes as they are: an archive, a file, a diff. */
  | { readonly status: number; readonly bytes: Uint8Array; readonly headers?: Readonly<Record<string, string>> }
  /** A list that is told page by page; `key`: the list stands under this name, beside `total_count`. */
  | { readonly list: readonly unknown[]; readonly key?: string; readonly beside?: Readonly<Record<string, unknown>> };

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function created(body: unknown): Answer {
  return { status: 201, body };
}

export const noContent: Answer = { status: 204 };

export function list(items: readonly unknown[], key?: string): Answer {
  return key === undefined ? { list: items } : { list: items, key };
}

export interface FieldError {
  readonly resource: string;
  readonly field: string;
  readonly code: string;
  readonly message?: string;
}

/** Why a request is not answered as it wished, in GitHub's words; thrown by whoever finds out. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: { readonly errors?: readonly FieldError[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

export const notFound = () => new Refusal(404, "Not Found");

/** What GitHub says to a body that it can read and does not like. */
export function invalid(resource: string, field: string, code = "invalid"): Refusal {
  return new Refusal(422, "Validation Failed", { errors: [{ resource, field, code }] });
}
