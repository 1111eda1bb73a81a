/** Whoever wants to be alone in a group. */
export interface Holder {
  /** What else runs or waits there is not let in any more, or ends. */
  cancel(reason: string): void;
}

/** Groups of the whole repository: one runs in each, one waits, and of those that wait the newest. */
export interface Groups {
  /** Resolves when the holder may run; `false`: somebody newer took its place while it waited. */
  enter(name: string, holder: Holder, cancelInProgress: boolean): Promise<boolean>;
  leave(name: string, holder: Holder): void;
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
      const reason = `Canceling since a higher priority waiting request for '${name}' exists`;
      const turn = new Promise<boolean>((go) => {
        group.waiting = { holder, go };
      });
      before?.holder.cancel(reason);
      before?.go(false);
      if (cancelInProgress) group.running.cancel(reason);
      return turn;
    },
    leave(name, holder) {
      const group = groupOf(name);
      if (group.waiting?.holder === holder) {
        const { go } = group.waiting;
        group.waiting = null;
        go(false);
      }
      if (group.running !== holder) return;
      group.running = group.waiting?.holder ?? null;
      group.waiting?.go(true);
      group.waiting = null;
    },
  };
}
