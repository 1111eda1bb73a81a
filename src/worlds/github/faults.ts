/** A failure that a test asks for, and that comes instead of an answer. */
export interface Fault {
  /** Which requests it meets: all that match, until `times` of them were met. Left out: the next one, whichever it is. */
  readonly method?: string;
  /** Within the path, below the API's base. Git's own requests have paths too. */
  readonly path?: string | RegExp;
  /** `late`: the work is done, and the answer is a 502 all the same. `hang`: nothing is ever answered. */
  readonly how: "bad-gateway" | "late" | "hang" | "reset" | "secondary-limit" | "unavailable";
  readonly times?: number;
  /** Seconds that a limit asks to wait; 1 when left out. */
  readonly retryAfter?: number;
}

export interface Faults {
  add(fault: Fault): void;
  /** The fault that this request meets; it counts as met. */
  take(method: string, path: string): Fault | undefined;
  /** Faults that no request has met. */
  left(): readonly Fault[];
}

export function openFaults(): Faults {
  const waiting: { readonly fault: Fault; times: number }[] = [];
  return {
    add: (fault) => void waiting.push({ fault, times: fault.times ?? 1 }),
    take(method, path) {
      const index = waiting.findIndex(({ fault }) => meets(fault, method, path));
      const found = waiting[index];
      if (found === undefined) return undefined;
      found.times -= 1;
      if (found.times <= 0) waiting.splice(index, 1);
      return found.fault;
    },
    left: () => waiting.map(({ fault }) => fault),
  };
}

function meets(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method !== method) return false;
  if (fault.path === undefined) return true;
  return typeof fault.path === "string" ? path.includes(fault.path) : fault.path.test(path);
}
