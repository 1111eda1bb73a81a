import { forgeChangesContract } from "../contract/forge-changes.ts";
import { forgeWordsContract } from "../contract/forge-words.ts";
import { githubStage } from "./forge-stage.ts";

forgeChangesContract("GitHub", githubStage);
forgeWordsContract("GitHub", githubStage);
