import { forgeBranchesContract } from "../contract/forge-branches.ts";
import { forgeChangesContract } from "../contract/forge-changes.ts";
import { forgeWordsContract } from "../contract/forge-words.ts";
import { githubStage } from "./forge-stage.ts";

forgeBranchesContract("GitHub", githubStage);
forgeChangesContract("GitHub", githubStage);
forgeWordsContract("GitHub", githubStage);
