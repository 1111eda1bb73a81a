/**
 * The live settings of a repository beside those that were compiled from its flow: what differs, what passes by, and
 * the changes that put it right. Pure: what is live is given to it, and what it wants changed is done by an adapter.
 */
export { type AuditAbout, type Audited, anotherRepositoryCode, audit, changesOf } from "./audit.ts";
export { compareEnvironments } from "./compare-environments.ts";
