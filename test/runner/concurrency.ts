/** Whoever wants to be alone in a group. */
export interface Holder {
  /** Ends it, whether it runs or waits. */
  cancel(): void;
}

/** Groups of the whole repository: one runs in each, one waits, and of those that wait the newest. */
export interface Groups {
  /** Resolves when the holder may run; `false`: somebody newer took its place while it waited, or it gave up. */
  enter(name: string, holder: Holder, cancelInProgress: boolean): Promise<boolean>;
  /** It waits no longer. */
  giveUp(name: string, holder: Holder): void;
  /** It runs no longer. */
  leave(name: string, holder: Holder): void;
  waits(holder: Holder): boolean;
}

interface Group {
  running: Holder | null;
  waiting: { readonly holder: Holder; readonly go: (may: boolean) => void } | null;
}

export function openGroups(): Groups {
  const groups = new Map<string, Group>();
  const groupOf = (name: string) => {
    const key = name.toLowerCase();
    const group = groups.get(key) ?? { running: null, waiting: null };
    groups.set(key, group);
    return group;
  };
  return {
    enter(name, holder, cancelInProgress) {
      const group = groupOf(name);
      if (group.running === null) {
        group.running = holder;
        return Promise.resolve(true);
      }
      const before = group.waiting;
      const turn = new Promise<boolean>((go) => {
        group.waiting = { holder, go };
      });
      before?.go(false);
      before?.holder.cancel();
      if (cancelInProgress) group.running.cancel();
      return turn;
    },
    giveUp(name, holder) {
      const group = groupOf(name);
      if (group.waiting?.holder !== holder) return;
      group.waiting.go(false);
      group.waiting = null;
    },
    leave(name, holder) {
      const group = groupOf(name);
      if (group.running !== holder) return;
      group.running = group.waiting?.holder ?? null;
      group.waiting?.go(true);
      group.waiting = null;
    },
    waits: (holder) => [...groups.values()].some(({ waiting }) => waiting?.holder === holder),
  };
}

export interface AloneAbout {
  readonly name: string;
  /** Whether it ends what runs there. */
  readonly cancels: boolean;
  readonly stop: AbortController;
  /** Who waits is among these. */
  readonly holders: Set<Holder>;
}

/** Does the work when nobody else is in the group; undefined where it was ended while it waited. */
export async function alone<Value>(
  groups: Groups,
  { name, cancels, stop, holders }: AloneAbout,
  work: () => Promise<Value>,
): Promise<Value | undefined> {
  const holder = { cancel: () => stop.abort() };
  const giveUp = () => groups.giveUp(name, holder);
  if (stop.signal.aborted) return undefined;
  holders.add(holder);
  stop.signal.addEventListener("abort", giveUp);
  try {
    return (await groups.enter(name, holder, cancels)) ? await work() : undefined;
  } finally {
    groups.leave(name, holder);
    holders.delete(holder);
    stop.signal.removeEventListener("abort", giveUp);
  }
}
