import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { storeContract } from "../../../test/contract/store.ts";
import { openSqliteStore } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "plangate-store-"));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
storeContract("SQLite", (clock) => openSqliteStore(join(folder, `${count++}`, "store.db"), { clock }));
