import { AwsClient } from "aws4fetch";
import { digestOf } from "../../domain/digest.ts";
import type { Objects } from "./bucket.ts";
import { exchange, type Patience, safeHost, saidIn, usualPatience } from "./exchange.ts";

export interface S3Options {
  readonly bucket: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Another S3 than AWS's own, whose buckets stand in the path. */
  readonly endpoint?: string;
  readonly patience?: Patience;
  readonly signal?: AbortSignal;
}

const right =
  "Let the identity of this job reach the bucket: PLANGATE_AWS_ROLE of its environment on GitHub, and the rights of that role, which `identity/` gives.";

/** A bucket of S3. What is sent is signed with its digest, so nobody on the way makes something else of it. */
export function openS3(options: S3Options): Objects {
  const { bucket, region, credentials, patience = usualPatience, signal } = options;
  const client = new AwsClient({ ...credentials, region, service: "s3" });
  const place = addressOf(options);
  const about = (what: string) => ({
    what: `${what} the bucket ${bucket} of S3`,
    cloud: "S3",
    right,
    patience,
    signal,
  });
  return {
    create: async (name, content) => {
      const headers = { "if-none-match": "*", "x-amz-content-sha256": digestOf(content).slice("sha256:".length) };
      // A copy, since a view of a larger memory would be sent as all of that.
      const body = Uint8Array.from(content);
      await exchange(
        about(`writing ${name} to`),
        () => client.sign(`${place}/${name}`, { method: "PUT", headers, body }),
        { most: 1024 * 1024, fine: ({ status }) => status === 200 || status === 412 },
      );
    },
    read: async (name, most) => {
      const came = await exchange(about(`reading ${name} from`), () => client.sign(`${place}/${name}`), {
        most,
        fine: (came) => came.status === 200 || (came.status === 404 && saidIn(came) === " (NoSuchKey)"),
      });
      return came.status === 404 ? undefined : came.content;
    },
  };
}

function addressOf({ bucket, region, endpoint }: S3Options): string {
  if (endpoint !== undefined) return `${safeHost(endpoint, "AWS_ENDPOINT_URL_S3")}/${bucket}`;
  return `https://${bucket}.s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
