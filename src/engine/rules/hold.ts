import { type ApplyCase, no, type Rule, waiting, yes } from "../rule.ts";

const name = "hold";

/** Where an environment is held by branch, a stack takes changes from the branch that has it, until that is merged or frees it. */
export const holdRule: Rule = {
  name,
  needs: [],
  judge(about) {
    const { environment, stack } = about;
    if (!environment.heldByBranch) return yes(name, `${environment.name} is held by no branch`);
    const { hold } = stack;
    if (hold === undefined) return no(name, "fact-unknown", `which branch holds ${stack.stack} is not known`);
    if (hold === null) return yes(name, `no branch holds ${stack.stack}`);
    if (isHolders(about, hold)) return yes(name, `${hold.branch} holds ${stack.stack}`);
    return waiting(name, "held-by-branch", `${hold.branch} of ${hold.by} holds ${stack.stack}`, { after: hold.branch });
  },
};

/** At their own terminal people deliver no ref; who holds the stack goes on working on it. */
function isHolders({ due }: ApplyCase, hold: { readonly branch: string; readonly by: string }): boolean {
  return due.kind === "local" ? due.by === hold.by : due.ref === hold.branch;
}
