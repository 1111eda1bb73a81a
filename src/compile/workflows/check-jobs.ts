import { all, expression } from "./expressions.ts";
import type { Making } from "./making.ts";
import { linterOf } from "./pins.ts";
import { beside, checkout, job, plangate, setUpNode, setUpTool } from "./steps.ts";
import { said, type YamlRecord } from "./yaml.ts";

const reading = { contents: said("read", "looks at Git") };

/** One static check of a change, beside the others. */
export function checkOfChange(making: Making, check: string): YamlRecord {
  return job(check, {
    about: { needs: "touched", permissions: reading },
    minutes: 30,
    steps: [checkout(), setUpNode(), setUpTool(making), ...setUp(check), run(making, check)],
  });
}

/**
 * All static checks of what was pushed to the default branch, in one job: what was merged was checked as it would be there,
 * and what came past the rules is found. Nothing waits for it, since nothing that came past them is applied before people
 * accept it. It has no identity and no key, like the checks of a change.
 */
export function checksOfPush(making: Making, guarded: string): YamlRecord {
  const checks = making.flow.require.checks;
  const always = { if: "!cancelled()" };
  return job("Checks", {
    about: {
      needs: "guard",
      if: all("!cancelled()", making.trusted, guarded, "github.event_name == 'push'"),
      permissions: reading,
    },
    minutes: 60,
    steps: [
      checkout(),
      setUpNode(),
      setUpTool(making),
      ...checks.flatMap((check) => [...setUp(check), run(making, check)].map((step) => ({ ...step, ...always }))),
    ],
  });
}

/** Linters come with Go, which holds each of their versions to its checksum database. */
function setUp(check: string): readonly YamlRecord[] {
  const linter = linterOf(check);
  if (linter === undefined) return [];
  return [
    beside({
      name: `Set up ${check}`,
      env: { GOFLAGS: "-mod=mod", GOTOOLCHAIN: "auto" },
      run: installLinter(linter),
    }),
  ];
}

function run(making: Making, check: string): YamlRecord {
  return plangate(making, `check-files ${check}`, {
    name: `Check with ${check}`,
    // Whose settings may name plugins; who does not say who asks is answered an hour's handful of times.
    ...(check === "tflint" ? { env: { GITHUB_TOKEN: expression("github.token") } } : {}),
  });
}

/** Its program comes to be where later steps look for programs. */
function installLinter(linter: string): string {
  return `GOBIN="$RUNNER_TEMP/linters" go install ${linter}\necho "$RUNNER_TEMP/linters" >> "$GITHUB_PATH"\n`;
}
