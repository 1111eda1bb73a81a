import type { Delivery } from "../delivery.ts";
import { refOf } from "./ref.ts";

/**
 * The same delivery for one look: what is asked twice is answered once, so that the stacks of one event, or of a few that
 * are delivered together, share what they read, and none of them sees a branch elsewhere than the others do. Only
 * questions about Git and the forge, and what the record says of releases; else the store is asked anew each time.
 */
export function lookOnce(delivery: Delivery): Delivery {
  const { forge, repository } = delivery;
  return {
    ...delivery,
    forge: {
      ...forge,
      teams: once(() => forge.teams()),
      maintainers: once(() => forge.maintainers()),
      pullRequest: once((number) => forge.pullRequest(number)),
      openBetween: once((head, base) => forge.openBetween(head, base)),
      pullRequestsOf: once((commit) => forge.pullRequestsOf(commit)),
      loginOf: once((email) => forge.loginOf(email)),
      gateAnswers: once((gate) => forge.gateAnswers(gate)),
      commitAnswers: once((commit) => forge.commitAnswers(commit)),
      pusherOf: once((branch, commit) => forge.pusherOf(branch, commit)),
      ...(forge.pushOf === undefined ? {} : { pushOf: once(forge.pushOf.bind(forge)) }),
      ref: once((ref) => refOf(delivery, ref)),
    },
    repository: {
      ...repository,
      resolve: once((ref) => repository.resolve(ref)),
      treeOf: once((commit) => repository.treeOf(commit)),
      mergeTree: once((base, head) => repository.mergeTree(base, head)),
      mergeBase: once((one, other) => repository.mergeBase(one, other)),
      changeSize: once((from, to) => repository.changeSize(from, to)),
      changedPaths: once((from, to) => repository.changedPaths(from, to)),
      isAncestor: once((ancestor, descendant) => repository.isAncestor(ancestor, descendant)),
      commitsBetween: once((from, to) => repository.commitsBetween(from, to)),
    },
  };
}

type Operand = string | number | null;

function once<Operands extends readonly Operand[], Answer>(
  ask: (...operands: Operands) => Promise<Answer>,
): (...operands: Operands) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (...operands) => {
    const key = JSON.stringify(operands);
    const answer = answers.get(key) ?? ask(...operands);
    answers.set(key, answer);
    return answer;
  };
}
