import { yamlWord } from "../presets/preset.ts";

/** Who may approve, as far as it is known. */
export interface FoundPeople {
  /** Logins that they named as approvers, or one team as organisation/team; without any, they themselves are assumed. */
  readonly owners: readonly string[];
  /** Who runs `init`, on the forge, when that is known. */
  readonly login: string | null;
  /** Their address in Git's settings. */
  readonly email: string | null;
  /** Owner and name of the repository on the forge. */
  readonly remote: { readonly owner: string; readonly name: string } | null;
}

/** Who approves: the person who runs this, as far as they are known. Never a made-up name, which a stranger may bear. */
export function peopleText({ owners, login, email, remote }: FoundPeople): { text: string; comment: string } {
  const [first, ...rest] = owners;
  if (first?.includes("/") === true && rest.length === 0) return { text: JSON.stringify(first), comment: "" };
  if (owners.length > 0) return { text: `[${owners.map(yamlWord).join(", ")}]`, comment: "" };
  const noreply = /^(?:\d+\+)?([A-Za-z0-9-]+)@users\.noreply\.github\.com$/.exec(email ?? "")?.[1];
  const known = login ?? noreply;
  const guess = /^([A-Za-z0-9][A-Za-z0-9_-]*)@[^\s@]+$/.exec(email ?? "")?.[1];
  const more = "add somebody: nobody approves what they wrote";
  if (known !== undefined) return { text: `[${yamlWord(known)}]`, comment: `   # ${more}` };
  if (guess !== undefined)
    return { text: `[${yamlWord(guess)}]`, comment: `   # assumed from ${email}: put your login; ${more}` };
  if (remote !== null && /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(remote.owner))
    return { text: `[${yamlWord(remote.owner)}]`, comment: `   # assumed from the remote: put your login; ${more}` };
  return { text: "[]", comment: "   # nobody is known: write at least two logins, or organisation/team" };
}
