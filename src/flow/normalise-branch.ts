import { parseDuration } from "../domain/names.ts";
import type { BranchClass } from "./flow.ts";
import { peopleOf } from "./normalise-people.ts";
import type { WrittenFlow } from "./schema.ts";
import { asksForTicket } from "./ticket.ts";

type Branches = WrittenFlow["branches"];

/** The classes of branches by name. A branch that another gives back to accepts that other one as well. */
export function branchesOf(written: Branches, teams: ReadonlySet<string>): readonly BranchClass[] {
  return Object.entries(written).map(([name, branch]) => {
    const givers = Object.entries(written).flatMap(([giver, { backMerge }]) =>
      backMerge?.includes(name) === true && giver !== name ? [giver] : [],
    );
    return branchOf(name, branch, { teams, givers });
  });
}

function branchOf(
  name: string,
  written: Branches[string],
  { teams, givers }: { readonly teams: ReadonlySet<string>; readonly givers: readonly string[] },
): BranchClass {
  const { reviews, maxAge } = written;
  const accepts = [...new Set([...(written.accepts ?? []), ...givers])];
  const isProtected = accepts.length > 0 || reviews !== undefined;
  const match = written.match === undefined ? [name] : list(written.match);
  return {
    name,
    match,
    except: list(written.except),
    cutFrom: written.cutFrom ?? null,
    accepts,
    merge: written.merge === undefined ? (accepts.length === 0 ? [] : ["squash"]) : list(written.merge),
    reviews:
      reviews === undefined
        ? null
        : {
            count: reviews.count ?? 1,
            by: reviews.by === undefined ? null : peopleOf(reviews.by, teams),
            codeOwners: reviews.codeOwners ?? false,
          },
    issue: written.issue ?? "optional",
    ticket: written.ticket ?? (match.some(asksForTicket) ? "required" : "optional"),
    maxAge: maxAge === undefined ? null : (parseDuration(maxAge) ?? 0),
    directPush: written.directPush ?? (isProtected ? "never" : "free"),
    linear: written.linear ?? false,
    backMerge: written.backMerge ?? [],
    protected: isProtected,
  };
}

function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value as T];
}
