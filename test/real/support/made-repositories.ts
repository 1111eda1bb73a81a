import { afterAll } from "vitest";
import { type Document, run } from "./command-line.ts";
import { validDocumentOf } from "./documents.ts";
import { flowText, makeRepository, quick, rootFile, rootModule, type TestRepository } from "./repository.ts";

const made: TestRepository[] = [];
afterAll(() => {
  for (const repository of made) repository.remove();
});

/** As `makeRepository`; it goes when the tests of the file that asked for it have ended. */
export function aRepository(files: Readonly<Record<string, string>>): TestRepository {
  const repository = makeRepository(files);
  made.push(repository);
  return repository;
}

/** One with the team's flow and a root module, which runs `command` while its object is created. */
export function ordinaryRepository(command = quick): TestRepository {
  const repository = aRepository({ "plangate.yaml": flowText });
  repository.commit({ [rootFile]: rootModule({ command: [repository.around, command] }) });
  return repository;
}

/** The stack of that team that anybody may apply. */
export const web = "dev/web";

interface StoredPlan {
  readonly document: Document;
  readonly digest: string;
  readonly run: { readonly id: string; readonly state: string };
}

/** Plans a stack by the command line, which has to store a plan. */
export async function planOf({ top }: TestRepository, stack = web): Promise<StoredPlan> {
  const document = validDocumentOf(await run(top, ["plan", stack, "--json"]));
  return {
    document,
    digest: (document.bundle as { digest: string }).digest,
    run: document.run as StoredPlan["run"],
  };
}
