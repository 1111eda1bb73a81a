import { describe, expect, it } from "vitest";
import { firstError, printedErrors, toolErrors } from "./diagnostics.ts";
import { stateLockHolder } from "./lock-error.ts";
import { failureKind } from "./outside-failure.ts";

const info = (id: string, who: string) => `Lock Info:
  ID:        ${id}
  Path:      s/terraform.tfstate
  Operation: OperationTypeApply
  Who:       ${who}
  Version:   1.11.4
  Created:   2026-11-21 09:25:05.991854294 +0000 UTC
  Info:      


Terraform acquires a state lock to protect the state from being written`;
const locked = (message: string, more = "") =>
  `\nError: Error acquiring the state lock\n\nError message: ${message}\n${more}\n`;
const nobody = { who: null, operation: null, since: null };
const holder = { id: "l-1", who: "ann@host", operation: "apply", since: "2026-11-21T09:25:05Z" };

describe("stateLockHolder", () => {
  it.each([
    { name: "a local file", text: locked("resource temporarily unavailable", info("l-1", "ann@host")), is: holder },
    {
      name: "S3 with a lock file",
      text: locked(
        "operation error S3: PutObject, https response error StatusCode:\n412, RequestID: , HostID: , api error PreconditionFailed: no",
        info("l-1", "ann@host"),
      ),
      is: holder,
    },
    {
      name: "S3 with DynamoDB",
      text: locked(
        "operation error DynamoDB: PutItem, ConditionalCheckFailedException: The\nconditional request failed",
        info("l-1", "ann@host"),
      ),
      is: holder,
    },
    {
      name: "http, where the info is our own",
      text: locked("HTTP remote state already locked: ID=abc-1", info("ours", "us@here")),
      is: { id: "abc-1", ...nobody },
    },
    {
      name: "PostgreSQL, where the info is our own",
      text: locked("Workspace is already locked: default", info("ours", "us@here")),
      is: { id: null, ...nobody },
    },
    {
      name: "PostgreSQL before the first state",
      text: locked("Already locked for workspace creation: default", info("ours", "us@here")),
      is: { id: null, ...nobody },
    },
    {
      name: "a lock that could not be asked for",
      text: locked("Failed to lock: dial tcp 127.0.0.1:9: refused"),
      is: null,
    },
    { name: "another error that mentions locks", text: "\nError: no state lock\n\nLock Info:\n  ID: x\n", is: null },
    { name: "nothing", text: "", is: null },
  ])("reads $name", ({ text, is }) => {
    expect(stateLockHolder(text)).toEqual(is);
  });
});

describe("printedErrors", () => {
  const framed =
    "╷\n│ Warning: old\n│ \n│ soon gone\n╵\n\u001b[31m╷\u001b[0m\n│ \u001b[31mError: \u001b[0m\u001b[1mfirst\u001b[0m\n│ \n│   on main.tf line 1:\n│ why\n╵\n";

  it("finds them in frames and colours, without the warnings", () => {
    expect(printedErrors(framed)).toEqual([{ summary: "first", detail: "on main.tf line 1:\nwhy" }]);
  });

  it("gives the first that says something", () => {
    const text =
      "\nError: Terraform encountered problems during initialisation, including problems\nwith the configuration.\n\nError: real\n\nwhy\n";
    expect(firstError(text).summary).toBe("real");
    expect(firstError("Failed to refresh state: refused\n\n").summary).toBe("Failed to refresh state: refused");
    expect(firstError("").summary).toBe("it printed no error");
  });
});

describe("failureKind", () => {
  it.each([
    ["\nError: Failed to write\n\nwrite /x: no space left\non device\n", "disk-full"],
    ["\nError: Required plugins are not installed\n\n- x: does not match any of the checksums\n", "init-required"],
    [
      "\nError: Failed to install provider\n\nthe package doesn't match any of the\nchecksums previously recorded\n",
      "provider-altered",
    ],
    [locked("Failed to lock: dial tcp"), "backend-unreachable"],
    ["\nError: dial tcp 127.0.0.1:9: connect: connection refused\n", "backend-unreachable"],
    ["\nError: Invalid reference\n\ncould not connect to x: dial tcp\n", undefined],
  ])("of %j is %s", (text, code) => {
    expect(failureKind(text)?.code).toBe(code);
  });
});

describe("toolErrors", () => {
  const printed = `
Error: Terraform encountered problems during initialisation, including problems

Error: local-exec provisioner error

  with terraform_data.x["a b"],
  on main.tf line 8, in resource "terraform_data" "x":
   8:   provisioner "local-exec" {
    ├────────────────
    │ var.size is "hunter2"

Error running command 'exit 3': exit status 3.
Output: ::set-output name=x::y

Warning: Deprecated

  on main.tf line 9:
   9: x

Do not.

Error: Unsupported argument

  on ../modules/net/main.tf line 2, in module "net":
   2:   colour = "red"

An argument named "colour" is not
expected here.

Error: Failed to save state

with the words of a backend.
`;

  it("tells file and line from the repository's top, the address and what it says, without the code and its values", () => {
    expect(toolErrors(printed, "stacks/app")).toEqual([
      {
        summary: "local-exec provisioner error",
        place: { file: "stacks/app/main.tf", line: 8 },
        address: 'terraform_data.x["a b"]',
        detail: "Error running command 'exit 3': exit status 3.\nOutput: ::set-output name=x::y",
      },
      {
        summary: "Unsupported argument",
        place: { file: "stacks/modules/net/main.tf", line: 2 },
        address: null,
        detail: 'An argument named "colour" is not\nexpected here.',
      },
      { summary: "Failed to save state", place: null, address: null, detail: "with the words of a backend." },
    ]);
  });

  it("tells the last line where nothing says what was wrong", () => {
    expect(toolErrors("one\ntwo\n", ".")).toEqual([{ summary: "two", place: null, address: null, detail: "" }]);
  });
});
