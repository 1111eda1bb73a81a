/** What somebody typed wrongly; the message says what would be right. */
export class Wrong extends Error {
  override readonly name = "Wrong";
}

/** What GitHub, or what stands for it, did not do; the message is its own. */
export class Refused extends Error {
  override readonly name = "Refused";
}
