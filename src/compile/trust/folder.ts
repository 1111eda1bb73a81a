/** Where the identities of workflows are written down: a configuration of its own, which a person applies and no job. */
export const folder = "identity";
