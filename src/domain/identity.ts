/** An identity that programs act as, by the name that a cloud gives it. */
const identities =
  /\barn:aws[\w-]*:iam::[^:"\s]*:(?:role|user)\/[\w+=,.@/-]+|\b[a-z][\w-]{4,}@[a-z][\w.-]*\.(?:iam|developer)\.gserviceaccount\.com\b/g;

/** What looks for `identitiesIn` goes over the text once first. */
export function mayNameIdentity(text: string): boolean {
  return text.includes(":iam::") || text.includes(".gserviceaccount.com");
}

/**
 * The identities that a text names in full: roles and users of AWS, service accounts of Google. Not those that a cloud
 * keeps for its own services, which are the same for everybody.
 */
export function identitiesIn(text: string): readonly string[] {
  if (!mayNameIdentity(text)) return [];
  return [...text.matchAll(identities)]
    .map(([name]) => name)
    .filter((name) => !/\/aws-(?:service-role|reserved)\//.test(name));
}
