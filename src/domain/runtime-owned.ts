/**
 * Values that something other than Terraform sets while the system runs, such as a route's target that a fail-over
 * moves.
 */
export interface RuntimeOwned {
  /** Glob over addresses: `*` within one name or index, `**` over anything: `module.nat.aws_route.private[*]`. */
  readonly address: string;
  /** Glob over the path inside the resource: `network_interface_id`, `route[*].gateway_id`, `tags.**`. */
  readonly path: string;
}

/** A value that was left out of a comparison. */
export interface RuntimeOwnedPlace {
  readonly address: string;
  /** `route[0].gateway_id` */
  readonly path: string;
}

/** A place inside one resource, as far as the patterns reach. */
export interface OwnedHere {
  /** One step further in: nothing when no pattern goes that way, `here` when the value there is runtime-owned. */
  under(segment: string): OwnedHere | "here" | undefined;
  /** The runtime-owned places that were passed. */
  seen(): readonly RuntimeOwnedPlace[];
}

/** For an address, where to look out for runtime-owned values; nothing when there is nothing to look out for. */
export function ownedPaths(patterns: readonly RuntimeOwned[]): (address: string) => OwnedHere | undefined {
  const compiled = patterns.map(({ address, path }) => ({
    address: addressGlob(address),
    path: pathSegments(path).map(segmentGlob),
  }));
  return (address) => {
    const matching = compiled.filter((pattern) => pattern.address.test(address)).map(({ path }) => path);
    return matching.length === 0 ? undefined : place({ address, path: "" }, matching, new Set());
  };
}

/** A step of a path pattern; `any` stands for any number of steps. */
type Step = RegExp | "any";

function place(at: RuntimeOwnedPlace, patterns: readonly (readonly Step[])[], seen: Set<string>): OwnedHere {
  return {
    under: (segment) => {
      const { address, path } = at;
      const inner = path === "" ? segment : /^\d+$/.test(segment) ? `${path}[${segment}]` : `${path}.${segment}`;
      const left = patterns.flatMap((steps) => afterStep(steps, segment));
      if (left.some((steps) => steps.every((step) => step === "any"))) {
        seen.add(inner);
        return "here";
      }
      return left.length === 0 ? undefined : place({ address, path: inner }, left, seen);
    },
    seen: () => [...seen].map((path) => ({ address: at.address, path })),
  };
}

function afterStep(steps: readonly Step[], segment: string): readonly (readonly Step[])[] {
  const [first, ...rest] = steps;
  if (first === undefined) return [];
  if (first === "any") return [steps, ...afterStep(rest, segment)];
  return first.test(segment) ? [rest] : [];
}

/** `route[*].tags.Name` → `route`, `*`, `tags`, `Name` */
function pathSegments(path: string): readonly string[] {
  return path
    .replaceAll(/\["?([^\]"]*)"?\]/g, ".$1")
    .split(".")
    .filter((segment) => segment !== "");
}

function segmentGlob(segment: string): Step {
  return segment === "**" ? "any" : new RegExp(`^${segment.split("*").map(literally).join(".*")}$`, "s");
}

function addressGlob(pattern: string): RegExp {
  const source = pattern.replaceAll(/\[\*\]|\*\*|\*|[^*[]+|\[/g, (part) => {
    if (part === "[*]") return String.raw`\[(?:\d+|"(?:[^"\\]|\\.)*")\]`;
    if (part === "**") return ".*";
    return part === "*" ? String.raw`[^.[\]"]*` : literally(part);
  });
  return new RegExp(`^${source}$`, "s");
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
