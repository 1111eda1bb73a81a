import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Test files that take the longest begin first, so that none is left alone on one core at the end. In a fresh clone Vitest
 * knows of no run before, and would begin with those that have the most bytes.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((name) => name.test(moduleId));
      return at === -1 ? longest.length : at;
    };
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}

/** The longest of all first. A name that fits no file costs nothing but time. */
const longest: readonly RegExp[] = [
  /real\/stories-trunk-stored-plan\.real/,
  /runner\/attacks-faults\.real/,
  /real\/attacks-ci\.real/,
  /runner\/life-/,
  /runner\/(every-story|stories|answers-to-comments|attacks-past-people|attacks-people|attacks-ended)\.real/,
  /real\/(stories|random)-/,
  /real\/(cli-wrong-input|cli-plan-and-apply|cli-damaged-home|crash|interrupt|cli-destroy)\.real/,
  /(flow\/parse\.property|proof\/presets|settings\/settings|one-step\/one-step|proof\/faults)\.test/,
];
