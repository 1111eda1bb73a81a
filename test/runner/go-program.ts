import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Puts what stands for Go on a runner's machine: it installs the linters that compiled workflows name, and nothing else. */
export function putLinters(programs: string, linters: string): void {
  const text = `#!/bin/sh
set -eu
case "$*" in
  "install github.com/terraform-linters/tflint@v"*) name=tflint ;;
  "install github.com/aquasecurity/tfsec/cmd/tfsec@v"*) name=tfsec ;;
  *) echo "go: nothing is known of: $*" >&2; exit 1 ;;
esac
mkdir -p "$GOBIN"
cp "${linters}/$name" "$GOBIN/"
`;
  writeFileSync(join(programs, "go"), text, { mode: 0o755 });
}
