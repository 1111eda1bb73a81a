import { storeContract } from "../../../test/contract/store.ts";
import { memoryBranch, memoryRemote } from "../../testing/memory-branch.ts";
import { openRecordBranch } from "./index.ts";

storeContract("on a branch", async (clock) => openRecordBranch({ branch: memoryBranch(memoryRemote()), clock }));
