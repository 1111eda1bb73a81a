import { type ActionAt, Failed } from "./action.ts";

/** The job's identity for an audience, asked for where the job is told to, as the toolkit of actions does. */
export async function idToken({ env, machine }: ActionAt, audience: string): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
  if (url === undefined || token === undefined)
    throw new Failed("Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable: the job has no id-token: write");
  const answer = await fetch(`${url}&audience=${encodeURIComponent(audience)}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!answer.ok) throw new Failed(`Failed to get ID Token: ${answer.status}`);
  const { value } = (await answer.json()) as { readonly value: string };
  machine.masks.add(value);
  return value;
}
