import type { Flow } from "../../flow/index.ts";
import { expression, type Terraform, type TerraformRecord } from "./terraform-json.ts";
import { idVariables } from "./wanted.ts";

export const issuerVariable = "github_issuer";

/** Who signs the tokens of jobs, as AWS and Google name it: without `https://`. */
export const issuer = expression(`var.${issuerVariable}`);

/** What the files of all clouds need. `clouds` are those that have a file. */
export function mainFile({ repository }: Flow, clouds: readonly ("aws" | "gcp")[]): TerraformRecord {
  const asked: Record<string, Terraform> = {
    [issuerVariable]: {
      description:
        "Who signs the tokens of jobs, without https://. For github.com it is token.actions.githubusercontent.com; a server of one's own, or an enterprise that has an issuer of its own, has another.",
      type: "string",
      validation: [
        {
          condition: expression(`can(regex("^[a-z0-9.-]+(/[A-Za-z0-9._/-]*[A-Za-z0-9._-])?$", var.${issuerVariable}))`),
          error_message:
            "The issuer is a host, and a path where it has one, without https:// and without a slash at the end.",
        },
      ],
    },
  };
  if (repository?.ownerId == null)
    asked[idVariables.ownerId] = number(idVariables.ownerId, "The owner's number on GitHub: `id` in GET /users/OWNER.");
  if (repository?.id == null)
    asked[idVariables.id] = number(
      idVariables.id,
      "The repository's number on GitHub: `id` in GET /repos/OWNER/REPOSITORY.",
    );
  return {
    terraform: {
      required_version: ">= 1.5",
      required_providers: {
        ...(clouds.includes("aws") ? { aws: { source: "hashicorp/aws", version: ">= 5.81" } } : {}),
        ...(clouds.includes("gcp") ? { google: { source: "hashicorp/google", version: ">= 5.0" } } : {}),
      },
    },
    variable: asked,
  };
}

/** A token has it as a text. */
function number(name: string, description: string): TerraformRecord {
  return {
    description,
    type: "string",
    validation: [
      {
        condition: expression(`can(regex("^[1-9][0-9]*$", var.${name}))`),
        error_message: "It is a number, as GitHub gives it.",
      },
    ],
  };
}
