/**
 * Stops with one sentence when npm scripts would run on a Node that cannot run this repository.
 *
 * Plain JavaScript, because the Node it must catch cannot load TypeScript. The `node` package in devDependencies
 * brings the right one: npm puts node_modules/.bin first on PATH, and every npm script runs on it.
 */
const major = Number(process.versions.node.split(".")[0]);
if (major !== 24) {
  console.error(
    `plangate's scripts run on Node 24, and this is Node ${process.versions.node} (${process.execPath}).\n` +
      "Start them through npm (npm test, npm run check): npm ci installs Node 24 into node_modules.\n" +
      "If it did not, install scripts were switched off: npm rebuild node --ignore-scripts=false",
  );
  process.exit(1);
}
