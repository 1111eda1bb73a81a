/** Something that this runner does not do. It is never passed by: the test fails by it. */
export class UnknownToRunner extends Error {
  override readonly name = "UnknownToRunner";
}

/** What GitHub's own reader has against a file; such a workflow fails before it starts. */
export class InvalidWorkflow extends Error {
  override readonly name = "InvalidWorkflow";
}

/** An expression that GitHub would end the job for. */
export class BadExpression extends Error {
  override readonly name = "BadExpression";
}
