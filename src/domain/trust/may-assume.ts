import { mayTakeRole } from "./aws-trust.ts";
import { federate, mayActAs } from "./google-trust.ts";
import { type Answer, type Claims, either, type TrustDocuments } from "./trust.ts";

/** An identity that a token's holder may become. */
export interface Assumable {
  /** The ARN of a role, or the address of a service account. */
  readonly identity: string;
  /** Whether it is certain; else the documents leave it open, and it has to be feared. */
  readonly certain: boolean;
}

/**
 * Everybody in the cloud whom the holder of a token may become by the documents, as AWS and Google document how they are
 * read. Whether the token is genuine and in time is not asked here.
 */
export function mayAssume({ roles, providers, accounts }: TrustDocuments, claims: Claims): readonly Assumable[] {
  const federated = providers.flatMap((provider) => federate(provider, claims) ?? []);
  return [
    ...roles.flatMap((role) => assumable(role.arn, mayTakeRole(role, claims))),
    ...accounts.flatMap((account) =>
      assumable(account.email, either(...federated.map((holder) => mayActAs(account, holder)))),
    ),
  ];
}

function assumable(identity: string, may: Answer): readonly Assumable[] {
  return may === "no" ? [] : [{ identity, certain: may === "yes" }];
}
