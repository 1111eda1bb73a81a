import type { Setting } from "../../domain/configuration-facts.ts";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import { each, problem, warning } from "../../flow/check.ts";
import type { FileCheck } from "../check.ts";
import { placeOf } from "../in-file.ts";
import type { Survey } from "../survey-facts.ts";

const revoke =
  "Revoke it first: whoever has a copy of the repository has it. Then let identities be short-lived, by OIDC.";

/**
 * No file holds a key or token that opens something for long. What was found is named and never shown. A comment on
 * the line can say that it opens nothing and why; it is told each time what was let through so.
 */
export const noSecretIsTracked: FileCheck = {
  name: "no-secret-is-tracked",
  find: ({ survey }) => {
    const inTexts = survey.secrets.map((secret) =>
      problem("secret-in-file", placeOf(secret), [`This is ${secret.kind}.`, revoke]),
    );
    const inSettings = [...survey.settings].flatMap(([file, { settings }]) =>
      settings
        .filter(isSecret)
        .map(({ key, line, column }) =>
          problem("secret-in-settings", { file, line, column }, [
            `"${key}" is a password or key, written out.`,
            "Change it first: whoever has a copy of the repository has it. Then let the tool read it from a secret store.",
          ]),
        ),
    );
    const known = new Set(inTexts.map(({ file, line }) => `${file}:${line}`));
    const found = [...inTexts, ...inSettings.filter(({ file, line }) => !known.has(`${file}:${line}`))];
    return { count: survey.texts, diagnostics: found.flatMap((secret) => ignoredOr(secret, survey)) };
  },
};

const secretName =
  /(?:^|[._-])(?:password|passwd|passphrase|secret|token|api_?key|private_?key|access_?key|secret_?key|client_secret|storage_key|sas_token|credentials)$/i;
/** A way to a secret, and not the secret. */
const elsewhere =
  /^(?:arn:|https?:\/\/|\/|\.{1,2}\/|~\/|projects\/|secret\/|vault:|ssm:|op:\/\/|(?:true|false|null|none|\d+)$)/i;

/** A plain value that is a secret by its name, or an address with a password in it. */
function isSecret({ key, value }: Setting): boolean {
  if (/[a-z][\w+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i.test(value)) return true;
  return secretName.test(key) && value.length >= 6 && !/\s|…|\$\{/.test(value) && !elsewhere.test(value);
}

const ignorable: ReadonlySet<string> = new Set(["secret-in-file", "secret-in-settings"]);
const shortestReason = 10;

function ignoredOr(found: Diagnostic, { ignoreMarks }: Survey): readonly Diagnostic[] {
  const mark = ignoreMarks.find(
    ({ file, about, code, reason }) =>
      file === found.file && about === found.line && code === found.code && reason.length >= shortestReason,
  );
  if (mark === undefined) return [found];
  const summary = `${found.summary} It is let through, since somebody wrote: "${mark.reason}".`;
  return [warning("secret-ignored", placeOf(mark), [summary])];
}

/** Every mark that lets something through says what and why, and speaks of something that may be let through. */
export const everyIgnoreMarkHasAReason: FileCheck = {
  name: "every-ignore-mark-has-a-reason",
  find: ({ survey }) =>
    each(survey.ignoreMarks, (mark) => {
      const { code, reason } = mark;
      if (!ignorable.has(code)) {
        const summary =
          code === "" ? "This mark does not say what it lets through." : `Nothing lets "${code}" through.`;
        return [problem("ignore-unknown", placeOf(mark), [summary, `It can name ${[...ignorable].join(" or ")}.`])];
      }
      if (reason.length >= shortestReason) return [];
      const hint = "Write why it opens nothing: `# plangate:ignore secret-in-file: made for this test, opens nothing`.";
      return [problem("ignore-without-reason", placeOf(mark), ["This mark does not say why.", hint])];
    }),
};

/** Files that are a key, a state or a plan by their name: whatever is in them opens something or shows everything. */
const keptOut: readonly { readonly name: RegExp; readonly what: string; readonly unlessText?: true }[] = [
  { name: /\.(?:p12|pfx|jks|keystore|kdbx|ppk)$/i, what: "a store of keys" },
  { name: /(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)$/, what: "a private key" },
  { name: /\.(?:pem|key|der)$/i, what: "a key that is no text", unlessText: true },
  { name: /(?:^|\/)\.aws\/credentials$/, what: "a file of AWS keys" },
  { name: /(?:^|\/)(?:credentials\.tfrc\.json|\.terraformrc)$/, what: "a file of tokens for registries" },
  { name: /(?:^|\/)(?:application_default_credentials|service[-_]?account[-_]?key)\.json$/, what: "a key of Google" },
  { name: /\.tfstate(?:\.\d+)?(?:\.backup)?$/, what: "a state, which holds every secret of what it describes" },
  { name: /(?:^|[./])tfplan$/, what: "a plan file, which holds every secret of what it plans" },
];

/** No file is a key, a state or a plan. */
export const noKeyFileIsThere: FileCheck = {
  name: "no-key-file-is-there",
  find({ survey }) {
    const noText = new Set(survey.unread.map(({ file }) => file));
    const told = new Set(survey.secrets.map(({ file }) => file));
    return each([...survey.files.keys()], (file) => {
      const kept = keptOut.find(({ name, unlessText }) => name.test(file) && (unlessText !== true || noText.has(file)));
      if (kept === undefined || told.has(file)) return [];
      const hint = `git rm --cached it, take it out of the history, and put its name into .gitignore. ${revoke}`;
      return [problem("key-file", { file, line: 1, column: 1 }, [`By its name this is ${kept.what}.`, hint])];
    });
  },
};
