import { storeContract } from "../../test/contract/store.ts";
import { memoryStore } from "./memory-store.ts";

storeContract("in memory", async (clock) => memoryStore({ clock }));
