import { bundleContract } from "../../test/contract/bundles.ts";
import { memoryBundles } from "./memory-bundles.ts";

bundleContract("in memory", async () => memoryBundles());
