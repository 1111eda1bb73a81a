import { awsKey, type Case, key } from "./files.ts";

export const secretsCases: readonly Case[] = [
  {
    name: "no AWS key lies in a file",
    broken: { "notes.txt": `first line\nid: ${awsKey}\n` },
    said: ["notes.txt:2:5 error secret-in-file"],
    kept: { "notes.txt": "first line\nid: AKIAIOSFODNN7EXAMPLE\n" },
  },
  {
    name: "no private key lies in a file",
    broken: { id_rsa: key("RSA ") },
    said: ["id_rsa:1:1 error secret-in-file"],
    kept: { "how-to.md": `It begins with ${key("RSA ").split("\n")[0]} and must not be committed.\n` },
  },
  {
    name: "no key of a service account lies in a file",
    broken: { "sa.json": JSON.stringify({ type: "service_account", private_key: key("") }) },
    said: ["sa.json:1:42 error secret-in-file"],
    kept: { "sa.json": JSON.stringify({ type: "external_account", audience: "//iam.googleapis.com/x" }) },
  },
  {
    name: "no token of GitHub lies in a file",
    broken: { ".npmrc": `token=ghp${"_"}${"a1B2".repeat(9)}\n` },
    said: [".npmrc:1:7 error secret-in-file"],
    kept: { ".npmrc": "token=$" + "{GITHUB_TOKEN}\n" },
  },
  {
    name: "no password is written into variables",
    broken: { "env/test.tfvars": 'environment = "test"\nadmin_password = "correct-horse"\n' },
    said: ["env/test.tfvars:2:18 error secret-in-settings"],
    kept: { "env/test.tfvars": 'environment = "test"\nadmin_password_secret = "arn:aws:secretsmanager:x"\n' },
  },
  {
    name: "no password is written into an address",
    broken: { "env/test.hcl": 'bucket = "acme-test"\nconn_str = "postgres://me:open@db/states"\n' },
    said: ["env/test.hcl:2:12 error secret-in-settings"],
    kept: { "env/test.hcl": 'bucket = "acme-test"\nconn_str = "postgres://db/states"\n' },
  },
  {
    name: "a mark lets through only what it names, and says so",
    broken: { "notes.txt": `id: ${awsKey} # plangate:ignore secret-in-settings: made for this test\n` },
    said: ["notes.txt:1:5 error secret-in-file"],
    kept: { "notes.txt": "id: none # plangate:ignore secret-in-file: made for this test\n" },
  },
  {
    name: "a mark lets through only what is on its line, or on the next one when it has its own",
    broken: { "notes.txt": `# plangate:ignore secret-in-file: made for this test\n\nid: ${awsKey}\n` },
    said: ["notes.txt:3:5 error secret-in-file"],
    kept: { "notes.txt": "# plangate:ignore secret-in-file: made for this test\nid: none\n" },
  },
  {
    name: "a mark says why",
    broken: { "notes.txt": `id: ${awsKey} # plangate:ignore secret-in-file: x\n` },
    said: ["notes.txt:1:5 error secret-in-file", "notes.txt:1:28 error ignore-without-reason"],
    kept: { "notes.txt": "id: none\n" },
  },
  {
    name: "a mark lets through no state that two stacks share",
    broken: { "notes.txt": "# plangate:ignore state-shared: because we like it so\n" },
    said: ["notes.txt:1:3 error ignore-unknown"],
    kept: { "notes.txt": "plangate:ignore state-shared: no comment, so no mark\n" },
  },
  {
    name: "no store of keys lies in the repository",
    broken: { "certs/client.p12": "binary:" },
    said: ["certs/client.p12:1:1 error key-file"],
    kept: { "certs/client.crt": "binary:", "certs/ca.pem": "-----BEGIN CERTIFICATE-----\n" },
  },
  {
    name: "no state lies in the repository",
    broken: { "stacks/app/terraform.tfstate": "{}" },
    said: ["stacks/app/terraform.tfstate:1:1 error key-file"],
    kept: { "stacks/app/terraform.tfstate": "ignored:{}" },
  },
  {
    name: "no plan file lies in the repository",
    broken: { "stacks/app/out.tfplan": "binary:" },
    said: ["stacks/app/out.tfplan:1:1 error key-file"],
    kept: { "docs/about-tfplan.md": "A plan file shows everything.\n" },
  },
];
