import { atTop, holdPromises } from "../../../test/flow/short-flow-promises.ts";

holdPromises([
  {
    name: "a template stands for something",
    broken: [["{stack}.tfstate", "{stak}.tfstate"]],
    said: ['9:59 unknown-template: "{stak}" stands for nothing here.'],
    kept: [["{stack}.tfstate", "{stack}/{instance}terraform.tfstate"]],
  },
  {
    name: "a brace is closed",
    broken: [["{stack}.tfstate", "{stack.tfstate"]],
    said: ['9:59 unknown-template: "{stack.tfstate" stands for nothing here.'],
    kept: [],
  },
  {
    name: "a command's template stands for something",
    broken: [["in: [test, prod],", 'in: [test, prod], verify: [["./smoke", "{env}"]],']],
    said: ['9:70 unknown-template: "{env}" stands for nothing here.'],
    kept: [["in: [test, prod],", 'in: [test, prod], verify: ["./smoke {environment} {stack}"],']],
  },
  {
    name: "a stack has a name",
    broken: [
      ["stacks/{stack}", "{environment}"],
      ["{environment}/{stack}.tfstate", "{environment}.tfstate"],
    ],
    said: ['9:5 missing-key: The stack of "{environment}" has no name: no folder of it is the same everywhere.'],
    kept: [
      ['"stacks/{stack}"', '"{environment}", name: app'],
      ["{environment}/{stack}.tfstate", "{environment}.tfstate"],
    ],
  },
  {
    name: "a stack has one name",
    broken: [["in: [test, prod],", "name: app, in: [test, prod],"]],
    said: ["9:31 key-without-effect: The stacks get their names from {stack} in `root`."],
    kept: [['"stacks/{stack}",', "infra, name: app,"]],
  },
  {
    name: "environments do not share a state",
    broken: [["{environment}/{stack}.tfstate", "{stack}.tfstate"]],
    said: ['9:35 state-shared: test and prod would share the state of "stacks/{stack}": nothing tells them apart.'],
    kept: [
      ["{environment}/{stack}.tfstate", "{stack}.tfstate"],
      ["stacks/{stack}", "{environment}/{stack}"],
    ],
  },
  {
    name: "stacks do not share a state",
    broken: [["{environment}/{stack}.tfstate", "{environment}.tfstate"]],
    said: [
      '9:59 state-shared: All stacks of "stacks/{stack}" would share one state: the setting is the same for all of them.',
    ],
    kept: [['"key={environment}/{stack}.tfstate"', '"{environment}.hcl"']],
  },
  {
    name: "no secret stands in the file",
    broken: [['backend: ["', 'backend: ["secret_key=x", "']],
    said: ['9:59 secret-in-flow: "secret_key" is a secret, and this file is read by everybody.'],
    kept: [['backend: ["', 'backend: ["region=eu-west-1", "']],
  },
  {
    name: "a stored plan lives for a while",
    broken: [atTop("apply: { maxAge: 0d }")],
    said: ["2:18 plan-always-expired: A plan would be too old as soon as it is stored."],
    kept: [atTop("apply: { maxAge: 30m }")],
  },
  {
    name: "a provider is named by its address",
    broken: [atTop('allow: { providers: ["*/*", aws] }')],
    said: [
      '2:22 bad-provider: "*/*" would let anybody\'s code run.',
      '2:29 bad-provider: "aws" is not a provider\'s address.',
    ],
    kept: [atTop('allow: { providers: [hashicorp/aws, "registry.example.com/acme/*"] }')],
  },
]);
