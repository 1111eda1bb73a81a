// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are the configuration language's own
import { describe, expect, it } from "vitest";
import { cliConfigText } from "./cli-config.ts";
import { processEnvironment, whyRefused } from "./environment.ts";

const about = { host: {}, given: {}, permit: [], cliConfig: "/own/terraform.rc" };

describe("whyRefused", () => {
  it.each([
    ..."TF_CLI_ARGS TF_CLI_ARGS_apply TF_CLI_CONFIG_FILE TERRAFORM_CONFIG TF_LOG TF_LOG_PATH TF_PLUGIN_CACHE_DIR".split(
      " ",
    ),
    ..."TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE TF_REATTACH_PROVIDERS TF_DATA_DIR TF_WORKSPACE".split(" "),
    ..."HTTP_PROXY https_proxy ALL_PROXY no_proxy AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 AWS_S3_ENDPOINT".split(" "),
    ..."AWS_STS_ENDPOINT GOOGLE_COMPUTE_CUSTOM_ENDPOINT TF_HTTP_ADDRESS ARM_METADATA_HOSTNAME".split(" "),
    ..."LD_PRELOAD LD_LIBRARY_PATH DYLD_INSERT_LIBRARIES BASH_ENV PATH SSL_CERT_FILE GODEBUG".split(" "),
    ..."A=B bad-name 1X".split(" "),
    "",
  ])("refuses %s", (name) => {
    expect(whyRefused(name)).toBeTypeOf("string");
  });

  it.each(
    "TF_VAR_endpoint TF_VAR_http_proxy TF_TOKEN_app_example_com AWS_ACCESS_KEY_ID AWS_REGION TF_HTTP_PASSWORD PG_CONN_STR HOME".split(
      " ",
    ),
  )("lets %s pass", (name) => {
    expect(whyRefused(name)).toBeUndefined();
  });
});

describe("processEnvironment", () => {
  it("passes on from the host only what every program needs", () => {
    const host = {
      PATH: "/bin",
      HOME: "/h",
      LC_ALL: "C",
      AWS_SECRET_ACCESS_KEY: "s",
      TF_LOG: "trace",
      GITHUB_TOKEN: "t",
    };
    expect(Object.keys(processEnvironment({ ...about, host })).sort()).toEqual(
      "CHECKPOINT_DISABLE GOGC GOMEMLIMIT HOME LC_ALL PATH TF_CLI_CONFIG_FILE TF_INPUT TF_IN_AUTOMATION".split(" "),
    );
  });

  it("names every variable that is refused, and no value", () => {
    const given = { TF_LOG: "v1", LD_PRELOAD: "v2", FINE: "v3" };
    expect(() => processEnvironment({ ...about, given })).toThrow(/"TF_LOG" writes .*"LD_PRELOAD" loads/);
    expect(() => processEnvironment({ ...about, given })).not.toThrow(/v1|v2|v3/);
  });

  it("lets through what is permitted by name, and lets the environment choose Go's memory", () => {
    const given = { AWS_ENDPOINT_URL_S3: "http://s3.internal", GOGC: "50" };
    expect(processEnvironment({ ...about, given, permit: ["AWS_ENDPOINT_URL_S3"] })).toMatchObject(given);
  });

  it("refuses a value that no process can be given", () => {
    expect(() => processEnvironment({ ...about, given: { A: "b\0c" } })).toThrow(/NUL/);
  });
});

describe("cliConfigText", () => {
  it("never lets Terraform look for providers in the checkout", () => {
    expect(cliConfigText({}, [])).toBe("disable_checkpoint = true\nprovider_installation {\n  direct {}\n}\n");
  });

  it("keeps providers where it is told to", () => {
    expect(cliConfigText({ cache: "/a" }, [])).toMatch(/^plugin_cache_dir = "\/a"$/m);
  });

  it("takes from the mirror what it holds and the rest from the registry", () => {
    expect(cliConfigText({ mirror: '/a "b" \\c' }, ["example.com/acme/thing"])).toBe(`disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path    = "/a \\"b\\" \\\\c"
    include = ["example.com/acme/thing"]
  }
  direct {
    exclude = ["example.com/acme/thing"]
  }
}
`);
  });

  it.each(["/a/${b}", "/a\nb"])("refuses a path that cannot be written there: %j", (path) => {
    expect(() => cliConfigText({ mirror: path }, ["x/y/z"])).toThrow(/cannot be written/);
  });
});
