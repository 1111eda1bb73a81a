/** Machines: so many jobs at a time. */
export interface Slots {
  /** What comes back gives it free. */
  take(): Promise<() => void>;
}

export function openSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  const giveBack = () => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return {
    async take() {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let taken = true;
      return () => {
        if (taken) giveBack();
        taken = false;
      };
    },
  };
}

/** Something that others wait for to happen again. */
export interface Signal {
  tell(): void;
  /** Resolves at the next `tell`. */
  next(): Promise<void>;
}

export function openSignal(): Signal {
  let waiting: (() => void)[] = [];
  return {
    tell() {
      const all = waiting;
      waiting = [];
      for (const resolve of all) resolve();
    },
    next: () => new Promise((resolve) => waiting.push(resolve)),
  };
}
