/** What AWS takes of a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const awsTakes = {
  /** Characters of the document that says whom a role trusts; up to the second when an account asked for more. */
  trust: 2048,
  trustAtMost: 8192,
  /** Characters of a role's own policies. */
  rights: 10_240,
  /** Policies of others on a role; up to the second when an account asked for more. */
  policies: 10,
  policiesAtMost: 25,
} as const;

/** What Google takes: https://cloud.google.com/iam/quotas, and its API's description of providers and service accounts. */
export const googleTakes = {
  /** Characters of the subject that a token has. */
  subject: 127,
  /** Characters of the condition on tokens. */
  condition: 4096,
  /** Bytes of what is said of a service account or a pool. */
  description: 256,
  /** Signs such as `&&` in the condition of a binding. */
  operators: 12,
  /** Bindings of one member to one role, each under another condition. */
  bindings: 20,
} as const;
