import { isConfiguration } from "../../domain/tree.ts";
import { each, problem, warning } from "../../flow/check.ts";
import type { FileCheck } from "../check.ts";
import type { Survey } from "../survey-facts.ts";

/** No symbolic link leads out of the repository: what lies there nobody reviews, and each machine has another. */
export const noLinkLeadsOut: FileCheck = {
  name: "no-link-leads-out",
  find: ({ survey }) =>
    each(survey.links, ({ file, target, leadsOut }) =>
      leadsOut
        ? [
            problem("link-leads-out", { file, line: 1, column: 1 }, [
              `This link leads to ${target}, out of the repository.`,
              "Copy what it leads to into the repository.",
            ]),
          ]
        : [],
    ),
};

/** All configuration could be read: what could not was not looked at by any other check. */
export const everyConfigurationCanBeRead: FileCheck = {
  name: "every-configuration-can-be-read",
  find({ survey }) {
    const found = each(
      [...survey.configuration, ...survey.settings, ...survey.workflows],
      ([file, { whole }]: readonly [string, { readonly whole: boolean }]) =>
        whole
          ? []
          : [
              warning("configuration-unreadable", { file, line: 1, column: 1 }, [
                "Part of this file could not be read, so nothing says that it holds no problem.",
                survey.workflows.has(file)
                  ? "It is no YAML; an editor shows where it is wrong."
                  : "`terraform validate` says where it is wrong.",
              ]),
            ],
    );
    const others = [each(survey.unread, unread), each(survey.notUtf8, (file) => notUtf8(file, survey))];
    const submodules = each(survey.submodules, (file) => [
      warning("submodule-not-read", { file, line: 1, column: 1 }, [
        "This is a submodule, and what is in it was not looked at: a plan is made from this repository's files only.",
        "Name what you need of it as a module, with its Git address and `?ref=v1.2.3`.",
      ]),
    ]);
    return {
      count: found.count,
      diagnostics: [found, ...others, submodules].flatMap(({ diagnostics }) => diagnostics),
    };
  },
};

function unread({ file, why }: Survey["unread"][number]) {
  const place = { file, line: 1, column: 1 };
  if (why === "large")
    return [warning("file-too-large", place, ["This file is larger than 1 MB and was not looked at."])];
  if (why !== "binary" || !isRead(file)) return [];
  return [
    problem("not-utf-8", place, ["This file is no text, so Terraform will refuse to read it.", "Save it as UTF-8."]),
  ];
}

function notUtf8(file: string, survey: Survey) {
  const matters = isRead(file) || survey.settings.has(file) || survey.workflows.has(file);
  const summary = "This file is not UTF-8: Terraform refuses it, or reads something else than was written.";
  return matters ? [problem("not-utf-8", { file, line: 1, column: 1 }, [summary, "Save it as UTF-8."])] : [];
}

function isRead(file: string): boolean {
  return isConfiguration(file) || /\.tfvars(?:\.json)?$|\.hcl$/.test(file);
}
