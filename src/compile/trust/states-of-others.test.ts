import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { likeText } from "../../domain/trust/like-text.ts";
import type { Home } from "./places.ts";
import { reachOf } from "./reach.ts";
import { globsMeet, locksOf, type StatePlace } from "./states.ts";
import { statesOfOthers } from "./states-of-others.ts";
import { evaluated } from "./terraform-json.ts";

const homeOf = (environment: string, states: readonly StatePlace[]): Home => ({
  environment,
  in: "111111111111",
  partition: "aws",
  identities: [],
  states,
});
const inBucket = (bucket: string | null, ...objects: readonly (string | null)[]): readonly StatePlace[] =>
  objects.map((one) => ({ bucket, objects: one }));
/** With what the user gives, where the flow tells nothing. */
const patterns = (others: readonly Home[], own: readonly StatePlace[]) =>
  statesOfOthers(others, own).map((one) =>
    String(evaluated(one, (code) => (code.endsWith(".bucket") ? "given" : "given/"))).replace("arn:aws:s3:::", ""),
  );

describe("the states of others", () => {
  it.each<[string, readonly StatePlace[], readonly StatePlace[], readonly string[]]>([
    ["are one pattern with their locks", inBucket("b", "prod/*"), inBucket("b", "test/*"), ["b/prod/*"]],
    [
      "are one pattern where several begin alike",
      inBucket("b", "prod/net/*.tfstate", "prod/app/*.tfstate", "prod/x"),
      inBucket("b", "test/net/*.tfstate"),
      ["b/prod/*"],
    ],
    [
      "are told one by one where together they would meet one's own",
      inBucket("b", "net/prod.tfstate", "app/prod.tfstate"),
      inBucket("b", "net/test.tfstate"),
      ["b/net/prod.tfstate*", "b/app/prod.tfstate*"],
    ],
    [
      "are told with nothing behind them where one's own begin so",
      inBucket("b", "prod"),
      inBucket("b", "prod2"),
      ["b/prod", "b/prod.tflock"],
    ],
    [
      "are all of a bucket that holds none of one's own",
      inBucket("theirs", "net", "app"),
      inBucket("ours", "net", "app"),
      ["theirs/*"],
    ],
    [
      "are not widened where nobody knows where one's own lie",
      inBucket("b", "prod/net/*", "prod/app/*"),
      inBucket(null, null),
      ["b/prod/net/*", "b/prod/app/*"],
    ],
    ["are what the user says where the flow does not", inBucket(null, null), inBucket("b", "x"), ["given/given/*"]],
    [
      "are what the flow says, and what the user does, side by side",
      inBucket("b", "prod/*", null),
      inBucket("b", "test/*"),
      ["b/prod/*", "b/given/*"],
    ],
  ])("%s", (_name, theirs, own, expected) => {
    expect(patterns([homeOf("prod", theirs)], own)).toEqual(expected);
  });

  it("are covered, locks too, and nothing of one's own is", () => {
    const glob = fc.string({ unit: fc.constantFrom("a", "b", "/", "*"), minLength: 1, maxLength: 6 });
    const bucket = fc.constantFrom("b", "c");
    const places = fc.array(fc.record({ bucket, objects: glob }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(places, places, (theirs, own) => {
        // What is not apart is refused when it is compiled.
        const both = [
          { environment: "prod", states: theirs },
          { environment: "test", states: own },
        ];
        fc.pre(reachOf(both, "aws").met.length === 0);
        const found = patterns([homeOf("prod", theirs)], own);
        for (const place of theirs)
          for (const one of [place.objects, locksOf(place.objects)]) {
            // A pattern's star is a text, too, and whatever stands for it is covered where that is.
            const text = `${place.bucket}/${one}`;
            expect([text, found, found.some((pattern) => likeText(pattern, text))]).toEqual([text, found, true]);
          }
        for (const place of own)
          for (const one of [place.objects, locksOf(place.objects)])
            expect(found.filter((pattern) => globsMeet(pattern, `${place.bucket}/${one}`))).toEqual([]);
      }),
    );
  });
});
