/**
 * Works on several things at once, and finishes them as if one after the other: `begin` is called for as many as `most`, the
 * first that is not finished among them, and `finish` for one at a time, in their order. Where one cannot be finished, none
 * behind it is; what was begun has ended by then. A beginning that fails is for `finish` to find.
 */
export async function inOrder<Thing, Begun, Done>(
  things: readonly Thing[],
  most: number,
  { begin, finish }: Working<Thing, Begun, Done>,
): Promise<readonly Done[]> {
  const begun: Promise<Begun>[] = [];
  const done: Done[] = [];
  try {
    for (const thing of things) {
      for (const next of things.slice(begun.length, done.length + most)) begun.push(beginUnwatched(() => begin(next)));
      done.push(await finish(thing, begun[done.length] as Promise<Begun>));
    }
    return done;
  } finally {
    await Promise.allSettled(begun);
  }
}

interface Working<Thing, Begun, Done> {
  readonly begin: (thing: Thing) => Promise<Begun>;
  readonly finish: (thing: Thing, begun: Promise<Begun>) => Promise<Done>;
}

/** A failure that nobody has waited for yet would end the process. */
function beginUnwatched<Begun>(begin: () => Promise<Begun>): Promise<Begun> {
  const begun = begin();
  begun.catch(() => undefined);
  return begun;
}
