/**
 * The rooms of the house as rules: who may import whom, and which packages and Node modules each room may use.
 * `npm run rooms` checks them (scripts/check-rooms.ts) and the picture in docs/architecture.md is drawn from them.
 * Every rule's comment says where the code should go instead. Test files may import what they need.
 */

/** Files under a room that the rules speak about: all but its tests. */
const tests = "\\.test\\.ts$";

/**
 * One row per room. `rooms`: what it may import in full; `types`: what it may import types from; `packages`: npm
 * packages, or "any"; `instead`: where code belongs that wants more.
 */
const rooms = [
  {
    room: "domain",
    rooms: [],
    types: [],
    packages: [],
    instead:
      "domain/ is the field's nouns and pure functions over them. Give it the value as an argument, or move what needs another room up into that room.",
  },
  {
    room: "flow",
    rooms: ["domain"],
    types: [],
    packages: ["zod", "yaml", "semver"],
    instead: "flow/ reads the flow file. What decides with it belongs in engine/, what prints it in views/.",
  },
  {
    room: "engine",
    rooms: ["domain", "flow"],
    types: [],
    packages: [],
    instead:
      "engine/ decides from values. What fetches facts belongs in delivery/observe, what words them for people in views/, a noun in domain/.",
  },
  {
    room: "inspect",
    rooms: ["domain", "flow"],
    types: [],
    packages: ["semver"],
    instead:
      "inspect/ judges what the files of a repository show. What reads them or parses configuration belongs in adapters/, a rule of the flow file itself in flow/checks.",
  },
  {
    room: "views",
    rooms: ["domain", "flow"],
    types: ["engine"],
    packages: [],
    instead: "views/ renders values. What decides belongs in engine/, what sends the text in delivery/perform.",
  },
  {
    room: "compile",
    rooms: ["domain", "flow", "views"],
    types: [],
    packages: ["yaml"],
    instead:
      "compile/ turns a flow into texts. What writes the files or calls the forge belongs in apps/ or adapters/.",
  },
  {
    room: "audit",
    rooms: ["domain"],
    types: [],
    packages: ["yaml"],
    instead:
      "audit/ compares settings that are given to it. What is declared belongs in compile/settings, what reads or changes live ones in adapters/.",
  },
  {
    room: "delivery",
    rooms: ["domain", "flow", "engine", "views"],
    types: [],
    packages: [],
    instead:
      "delivery/ reaches the outside through its own ports only. Declare a port in delivery/ports.ts and let an adapter in adapters/ keep it.",
  },
  {
    room: "adapters",
    rooms: ["domain"],
    types: ["delivery/ports(\\.ts$|/)"],
    packages: "any",
    instead:
      "adapters/ translate one outside into a port. What decides belongs in engine/, what orders the steps in delivery/, what joins two adapters in apps/.",
  },
  {
    room: "hosts",
    rooms: ["domain", "flow", "views", "delivery", "adapters"],
    types: [],
    packages: [],
    instead:
      "hosts/ put adapters behind the ports of delivery. What works with the outside itself belongs in adapters/, what orders steps in delivery/.",
  },
  {
    room: "worlds",
    rooms: ["domain", "flow", "engine", "views", "compile", "delivery", "adapters", "hosts", "testing"],
    types: [],
    packages: ["zod", "yaml"],
    instead: "worlds/ run stories. A command around them belongs in apps/, a property over them in proof/.",
  },
  {
    room: "proof",
    rooms: ["domain", "flow", "engine", "worlds/model"],
    types: ["worlds/(step|world)(\\.ts$)"],
    packages: [],
    instead: "proof/ searches the model world. What the search needs of the world belongs in worlds/model.",
  },
  {
    room: "apps",
    rooms: [
      "domain",
      "flow",
      "inspect",
      "engine",
      "views",
      "compile",
      "audit",
      "delivery",
      "adapters",
      "hosts",
      "worlds",
      "proof",
      "testing",
    ],
    types: [],
    packages: "any",
    instead:
      "apps/ may import every room of src/ and nothing outside it; a new room needs a row in .dependency-cruiser.mjs.",
  },
  {
    room: "testing",
    rooms: ["domain"],
    types: ["delivery/ports(\\.ts$|/)"],
    packages: [],
    instead: "testing/ holds builders and a fake per port. What a fake must decide belongs in domain/ or in the test.",
  },
];

/** `^src/(a|b)(/|$)`-like patterns for rooms given as paths below src/. */
const inRooms = (names) => `^src/(${names.join("|")})/`;

const roomRules = rooms.flatMap(({ room, rooms: whole, types, packages, instead }) => [
  {
    name: `${room}-imports`,
    comment: instead,
    severity: "error",
    from: { path: `^src/${room}/`, pathNot: tests },
    to: {
      path: "^src/",
      pathNot: [inRooms([room, ...whole]), ...types.map((path) => `^src/${path}${path.endsWith(")") ? "" : "/"}`)],
    },
  },
  ...types.map((path) => ({
    name: `${room}-imports-types-only`,
    comment: `Only types come from there (\`import type\`). ${instead}`,
    severity: "error",
    from: { path: `^src/${room}/`, pathNot: tests },
    to: { path: `^src/${path}${path.endsWith(")") ? "" : "/"}`, dependencyTypesNot: ["type-only"] },
  })),
  ...(packages === "any"
    ? []
    : [
        {
          name: `${room}-packages`,
          comment: `${packages.length === 0 ? "This room uses no npm package." : `This room uses ${packages.join(" and ")} only.`} ${instead}`,
          severity: "error",
          from: { path: `^src/${room}/`, pathNot: tests },
          to: {
            path: "node_modules/",
            ...(packages.length === 0 ? {} : { pathNot: `node_modules/(${packages.join("|")})/` }),
          },
        },
      ]),
]);

/** Node modules that reach the outside: disk, processes, network, threads, clocks. */
const outside = [
  "child_process",
  "cluster",
  "dgram",
  "dns",
  "fs",
  "http",
  "http2",
  "https",
  "inspector",
  "net",
  "os",
  "perf_hooks",
  "process",
  "readline",
  "repl",
  "sqlite",
  "timers",
  "tls",
  "tty",
  "v8",
  "vm",
  "worker_threads",
];

export default {
  forbidden: [
    ...roomRules,
    {
      name: "model-is-pure",
      comment:
        "worlds/model is the world as values, so that proof/ can search it. What touches Git, disk or a port belongs in worlds/real.",
      severity: "error",
      from: { path: "^src/worlds/model/", pathNot: tests },
      to: { path: "^src/|node_modules/", pathNot: "^src/((domain|flow|engine|worlds/model)/|worlds/[^/]+\\.ts$)" },
    },
    {
      name: "adapters-apart",
      comment:
        "Adapters never import each other. What two share is a noun (domain/) or a port that one is given (delivery/ports.ts); apps/ join them.",
      severity: "error",
      from: { path: "^src/adapters/([^/]+)/", pathNot: tests },
      to: { path: "^src/adapters/", pathNot: "^src/adapters/$1/" },
    },
    {
      name: "outside-in-adapters",
      comment:
        "Disk, processes, network and clocks belong behind a port: declare it in delivery/ports.ts and keep it in adapters/.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: [tests, inRooms(["adapters", "apps", "worlds/real", "worlds/github", "testing"])],
      },
      to: { dependencyTypes: ["core"], path: `^(node:)?(${outside.join("|")})(/|$)` },
    },
    {
      name: "hashing-in-digest",
      comment: "Hash with src/domain/digest.ts; signing and sealing keys belong in an adapter.",
      severity: "error",
      from: { path: "^src/", pathNot: [tests, "^src/domain/digest\\.ts$", "^src/adapters/", "^src/worlds/github/"] },
      to: { dependencyTypes: ["core"], path: "^(node:)?crypto$" },
    },
    {
      name: "every-file-has-a-room",
      comment:
        "A file under src/ lies in a room of house style section 1; a new room needs a row in .dependency-cruiser.mjs.",
      severity: "error",
      from: { path: "^src/", pathNot: inRooms(rooms.map(({ room }) => room)) },
      to: {},
    },
    {
      name: "no-orphans",
      comment: "It imports nobody and nobody imports it: remove it, or import it where it is meant to work.",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: tests },
      to: {},
    },
    {
      name: "nothing-outside-src",
      comment:
        "What runs in production lies under src/; tests, scripts and benches import it and never the other way round.",
      severity: "error",
      from: { path: "^src/", pathNot: tests },
      to: { path: "^(test|scripts|bench|infra|dist|docs)/" },
    },
    {
      name: "no-development-packages",
      comment:
        "Only tests may use a development dependency. If it is needed at run time, move it to dependencies and give it its row in docs/dependencies.md.",
      severity: "error",
      from: { path: "^src/", pathNot: tests },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "node_modules/@types/" },
    },
    {
      name: "no-tests-imported",
      comment: "A test is imported by nobody. Shared builders and fakes belong in src/testing.",
      severity: "error",
      from: {},
      to: { path: tests },
    },
    {
      name: "no-circles",
      comment:
        "Two files that need each other are one idea, or a third is missing: move what both need into a file of its own, further down.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "found",
      comment: "The import leads nowhere, so no rule could judge it. Mend the path, or add the package.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["node", "import", "types", "default"] },
  },
};
