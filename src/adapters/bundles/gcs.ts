import type { Objects } from "./bucket.ts";
import { type Came, exchange, type Patience, safeHost, usualPatience } from "./exchange.ts";

export interface GcsOptions {
  readonly bucket: string;
  /** An access token, as the step gives it that takes on the identity. */
  readonly token: string;
  /** Another host than Google's own. */
  readonly endpoint?: string;
  readonly patience?: Patience;
  readonly signal?: AbortSignal;
}

const right =
  "Let the identity of this job reach the bucket: PLANGATE_GCP_PROVIDER and PLANGATE_GCP_SERVICE_ACCOUNT of its environment on GitHub, and the roles of that account on the bucket, which `identity/` gives.";

/** A bucket of Google Cloud Storage, by its JSON interface. */
export function openGcs({ bucket, token, endpoint, patience = usualPatience, signal }: GcsOptions): Objects {
  const host = endpoint === undefined ? "https://storage.googleapis.com" : safeHost(endpoint, "STORAGE_EMULATOR_HOST");
  const headers = { authorization: `Bearer ${token}` };
  const about = (what: string) => ({
    what: `${what} the bucket ${bucket} of Google Cloud Storage`,
    cloud: "Google Cloud Storage",
    right,
    patience,
    signal,
  });
  return {
    create: async (name, content) => {
      const url = `${host}/upload/storage/v1/b/${bucket}/o?uploadType=media&ifGenerationMatch=0&name=${encodeURIComponent(name)}`;
      const body = Uint8Array.from(content);
      await exchange(
        about(`writing ${name} to`),
        async () =>
          new Request(url, {
            method: "POST",
            headers: { ...headers, "content-type": "application/octet-stream" },
            body,
          }),
        { most: 1024 * 1024, fine: ({ status }) => status === 200 || status === 412 },
      );
    },
    read: async (name, most) => {
      const url = `${host}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`;
      const came = await exchange(about(`reading ${name} from`), async () => new Request(url, { headers }), {
        most,
        fine: (came) => came.status === 200 || isNoObject(came),
      });
      return came.status === 404 ? undefined : came.content;
    },
  };
}

/** A bucket that is not there is answered with the same status. */
function isNoObject({ status, content }: Came): boolean {
  return status === 404 && !/bucket does not exist/i.test(new TextDecoder().decode(content));
}
