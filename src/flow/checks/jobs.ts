import { nearestName } from "../../domain/diagnostic.ts";
import { type Check, each, problem } from "../check.ts";
import { listText } from "../issues.ts";

/** What people are offered when a job has ended is a job that is there, and another one. */
export const everyJobIsThere: Check = {
  name: "every-job-is-there",
  find(about) {
    const jobs = about.flow.when.flatMap(({ job }) => job ?? []);
    return each(about.flow.when, (row) => {
      if (row.thenOffer === null) return [];
      const place = about.place(row, "thenOffer");
      if (row.thenOffer === row.job)
        return [
          problem("job-offers-itself", place, [`"${row.job}" would be offered after itself.`, "Name another job."]),
        ];
      if (jobs.includes(row.thenOffer) || !about.isWhole("when")) return [];
      const meant = nearestName(row.thenOffer, jobs);
      const hint = meant === undefined ? `There is ${listText(jobs, "and")}.` : `Did you mean "${meant}"?`;
      return [problem("unknown-job", place, [`There is no job "${row.thenOffer}".`, hint])];
    });
  },
};
