import { each, problem, warning } from "../../flow/check.ts";
import type { FileCheck } from "../check.ts";

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
    const read = [...survey.configuration, ...survey.settings];
    const found = each(read, ([file, { whole }]) =>
      whole
        ? []
        : [
            warning("configuration-unreadable", { file, line: 1, column: 1 }, [
              "Part of this file could not be read, so nothing says that it holds no problem.",
              "`terraform validate` says where it is wrong.",
            ]),
          ],
    );
    const large = each(
      survey.unread.filter(({ why }) => why === "large"),
      ({ file }) => [
        warning("file-too-large", { file, line: 1, column: 1 }, [
          "This file is larger than 1 MB and was not looked at.",
        ]),
      ],
    );
    return { count: found.count, diagnostics: [...found.diagnostics, ...large.diagnostics] };
  },
};
