import { forgeBranchesContract } from "../../../test/contract/forge-branches.ts";
import { forgeChangesContract } from "../../../test/contract/forge-changes.ts";
import type { OpenForgeStage } from "../../../test/contract/forge-stage.ts";
import { forgeWordsContract } from "../../../test/contract/forge-words.ts";
import { infra, smallForge } from "./forge/small-forge.ts";
import { openForgePort } from "./forge-port.ts";

const open: OpenForgeStage = async (dir, flow) => {
  const small = await smallForge(dir);
  const port = openForgePort({ forge: small.forge, repository: infra, flow, bot: "plangate[bot]" });
  return { small, port, close: async () => small.forge.close() };
};

forgeBranchesContract("the look-alike forge", open);
forgeChangesContract("the look-alike forge", open);
forgeWordsContract("the look-alike forge", open);
