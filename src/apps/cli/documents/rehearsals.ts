import * as z from "zod";
import { eventFile } from "../simulate/event-schema.ts";
import { count, type DocumentFields, digest, instant, listOf, mode, stack, verdict } from "./words.ts";

const propertyId = z.string().regex(/^P\d+$/);
const propertyStatus = z.enum(["holds", "violated", "void", "not-covered"]);

const simulatedAction = z
  .strictObject({
    /** `gate`: people are waited for. `start`: the stack's lease is taken and all is judged again, which alone may apply. */
    kind: z.enum([
      "check",
      "plan",
      "comment",
      "wait",
      "gate",
      "refuse",
      "supersede",
      "discard",
      "start",
      "replan",
      "apply",
      "destroy",
      "verify",
      "drift",
      "open-pull-request",
      "fast-forward",
      "flag",
      "hand-over",
      "interrupt",
      "release",
    ]),
    /** Which of several events it follows from, counted from 0. */
    event: count.optional(),
    stack: stack.optional(),
    environment: z.string().optional(),
    run: z.string().regex(/^run-/).optional(),
    plan: digest.optional(),
    mode: mode.optional(),
    code: z.string().optional(),
    until: instant.optional(),
    after: z.string().optional(),
    branch: z.string().optional(),
    into: z.string().optional(),
    tag: z.string().optional(),
    problems: listOf(z.string()).optional(),
    why: z.string(),
  })
  .meta({ id: "simulatedAction" });

const told = z.record(
  z.string(),
  z.union([z.boolean(), listOf(z.string()), z.record(z.string(), z.string()).readonly()]),
);

/** What the commands tell that play what would happen, on no real stack. */
export const documentsOfRehearsals = {
  simulate: {
    /** As understood: the first, when a body tells several; null when it tells none. */
    event: eventFile.nullable(),
    events: listOf(eventFile),
    actions: listOf(simulatedAction),
    reasons: listOf(verdict),
    /** Facts that the decision asked for and nobody gave. */
    unknown: listOf(z.string()),
    /** With --facts-template: a file of facts to be filled in. */
    template: z.record(z.string(), z.unknown()).readonly().optional(),
  },
  test: {
    stories: listOf(
      z.strictObject({
        story: z.string(),
        file: z.string(),
        holds: z.boolean(),
        steps: count,
        failed: z
          .strictObject({
            line: z.int().min(1),
            expected: told.readonly(),
            happened: told.readonly(),
            reasons: listOf(verdict),
          })
          .optional(),
      }),
    ),
  },
  prove: {
    properties: listOf(
      z.strictObject({
        id: propertyId,
        sentence: z.string(),
        /** `void`: nothing breaks it, and it is not promised. `not-covered`: too little was looked at to say anything. */
        status: propertyStatus,
        /** Transitions, stories or rows that it was asked of. */
        explored: count,
        /** The shortest story that breaks it, a sentence for each step. */
        story: listOf(z.string()).optional(),
        explanation: z.string().optional(),
      }),
    ),
    slices: listOf(
      z.strictObject({
        name: z.string(),
        people: count,
        pullRequests: count,
        stacks: count,
        states: count,
        transitions: count,
        seconds: z.number(),
        /** Every story of so many steps after the slice's beginning was looked at; null: every one that there is. */
        depth: count.nullable(),
        /** Applies and destroys that were decided. */
        applies: count,
        /** Why too little was looked at; null when it was enough. */
        tooLittle: z.string().nullable(),
      }),
    ),
    /** Applies that were asked about in one step, whatever led there, and those that were let through; null where none was, as with `--slice`. */
    oneStep: z.strictObject({ cases: count, allowed: count }).nullable(),
    /** What the flow's assurance asks for, and what is guaranteed or void in each environment because of it. */
    assurance: listOf(z.string()),
    /** With `--against`: what the flow of that commit guarantees otherwise. */
    against: z
      .strictObject({
        ref: z.string(),
        /** Weaker first, then what people have to judge. */
        differences: listOf(
          z.strictObject({
            change: z.enum(["weaker", "stronger", "other"]),
            subject: z.string(),
            sentence: z.string(),
          }),
        ),
        /** Those whose status differs. */
        properties: listOf(z.strictObject({ id: propertyId, before: propertyStatus, after: propertyStatus })),
      })
      .optional(),
  },
  demo: {
    dir: z.string().nullable(),
    steps: listOf(z.strictObject({ title: z.string(), seconds: z.number(), outcome: z.string() })),
    ledger: z.strictObject({ entries: count, head: digest, verified: z.boolean() }),
  },
} as const satisfies DocumentFields;
