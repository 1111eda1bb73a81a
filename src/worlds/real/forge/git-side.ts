import { join } from "node:path";
import { makeRepository, type Network, openNetwork, openRefs, type Refs } from "./git.ts";
import { type GitSide, rootOf } from "./room.ts";
import type { ForgeState } from "./state.ts";

/** Where a repository lies below the forge's folder. */
export function repositoryDir(dir: string, name: string): string {
  return join(dir, `${name}.git`);
}

export function openGitSide(dir: string, state: ForgeState): GitSide {
  const networks = new Map<string, Network>();
  const refs = new Map<string, Promise<Refs>>();
  return {
    network(repository) {
      const { name } = rootOf(state, repository);
      const network = networks.get(name) ?? openNetwork(repositoryDir(dir, name));
      networks.set(name, network);
      return network;
    },
    refs({ name }) {
      const opened = refs.get(name) ?? openRefs(repositoryDir(dir, name));
      refs.set(name, opened);
      return opened;
    },
    create: (name, { branch, parent }) =>
      makeRepository(repositoryDir(dir, name), {
        branch,
        parent: parent === null ? null : repositoryDir(dir, rootOf(state, parent).name),
      }),
    close() {
      for (const network of networks.values()) network.close();
    },
  };
}
