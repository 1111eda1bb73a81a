import { expect, it } from "vitest";
import { documentsOf, trusting } from "../compile/trust-documents.ts";
import { at, owner, repo } from "../github/small-github.ts";
import { openClouds } from "./clouds.ts";
import { openSmallRunner } from "./small-runner.ts";

it("takes on what its environment may be in either cloud by the actions for that, and nobody else", async () => {
  const clouds: { aws: string; google: string } = { aws: "", google: "" };
  const clock = { now: Date.now };
  const here = await openSmallRunner({ clouds, clock });
  const { github } = here.small;
  const { data } = await (await here.small.as("root")).rest.repos.get(at);
  const flow = trusting("gitflow", (written) => {
    written.repository = { owner, name: repo, ownerId: data.owner.id, id: data.id };
  });
  const issuerUrl = `${github.url}/_services/token`;
  const documents = documentsOf(flow, { github_issuer: issuerUrl.replace(/^http:\/\//, "") });
  const opened = await openClouds({ documents, issuerUrl, clock });
  Object.assign(clouds, { aws: opened.aws, google: opened.google });
  try {
    const named = (environment: string) => ({
      role: documents.roles.find(({ arn }) => arn.endsWith(`${environment}-plan`))?.arn ?? "",
      provider: documents.providers.find(({ name }) => name.includes(`pg-${environment}-plan`))?.name ?? "",
      account: documents.accounts.find(({ email }) => email.includes(`${environment}-plan`))?.email ?? "",
    });
    for (const name of ["dev-plan", "prod-plan"])
      await here.environment(name, { reviewers: [], refs: ["main"], secrets: {} });
    const both = `$\{{ steps.aws.outputs.aws-session-token && steps.google.outputs.access_token }}`;
    const [dev, prod] = [named("dev"), named("prod")];
    const steps = (about: typeof dev) => `
      - uses: aws-actions/configure-aws-credentials@v6
        with: { role-to-assume: "${about.role}", aws-region: eu-west-1, mask-aws-account-id: true }
      - uses: google-github-actions/auth@v3
        if: always()
        with: { workload_identity_provider: "${about.provider}", service_account: "${about.account}" }
`;
    await here.workflow(`
on: push
permissions: { id-token: write }
jobs:
  right:
    environment: dev-plan
    runs-on: ubuntu-24.04
    steps:${steps(dev)}
      - run: |
          echo "$AWS_REGION $AWS_ACCESS_KEY_ID ${dev.role}"
          node -p "JSON.parse(require('fs').readFileSync(process.env.GOOGLE_APPLICATION_CREDENTIALS)).type"
  apart:
    environment: dev-plan
    runs-on: ubuntu-24.04
    steps:
      - id: aws
        uses: aws-actions/configure-aws-credentials@v6
        with:
          { role-to-assume: "${dev.role}", aws-region: eu-west-1, output-credentials: true, output-env-credentials: false }
      - id: google
        uses: google-github-actions/auth@v3
        with:
          workload_identity_provider: "${dev.provider}"
          service_account: "${dev.account}"
          create_credentials_file: false
          export_environment_variables: false
          token_format: access_token
      - env: { GIVEN: "${both}" }
        run: |
          env | grep -c "^AWS_\\|^GOOGLE_\\|^CLOUDSDK_" || true
          ls -A "$GITHUB_WORKSPACE"
          [ -n "$GIVEN" ] && echo given
  wrong:
    environment: dev-plan
    runs-on: ubuntu-24.04
    steps:${steps(prod)}
  none:
    permissions: {}
    runs-on: ubuntu-24.04
    steps:${steps(dev)}
`);
    expect(here.jobs()).toEqual({ right: "success", apart: "success", wrong: "failure", none: "failure" });
    const [right, apart, wrong, none] = here.runner.runs[0]?.jobs ?? [];
    expect(right?.steps[2]?.log).toBe(`eu-west-1 *** ${dev.role.replace(/\d{12}/, "***")}\nexternal_account\n`);
    expect(wrong?.log).toContain("AccessDenied");
    expect(wrong?.log).toContain("failed to generate Google Cloud federated token");
    expect(none?.log).toMatch(/the job has no id-token: write/);
    expect(apart?.steps[2]?.log).toBe("0\ngiven\n");
    expect(opened.given.map(({ holder }) => holder).sort()).toEqual([dev.role, dev.role, dev.account].sort());
    expect(opened.refused.map(({ wanted }) => wanted)).toEqual([prod.role, `//iam.googleapis.com/${prod.provider}`]);
  } finally {
    await here.close();
    await opened.close();
  }
});
