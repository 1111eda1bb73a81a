/**
 * What whoever opened a pull request from a fork is told, and whoever may merge it: the same for every fork, whatever became
 * of it since, so that it is written once.
 */
export const forkText = [
  "### This comes from a fork",
  "",
  "Planning runs the code of a change with an identity of the cloud, so nothing of a fork is planned by itself: the jobs that plan and hand over are shown as skipped. What takes no identity is checked all the same, and `plangate / change` is green or red by that.",
  "",
  "- **Whoever wrote it** asks somebody who may merge here to look at it. A command of theirs does nothing.",
  "- **Whoever may merge here** reads the code first, with the modules, providers and programs that it brings, and comments `/plangate plan`: that plans this very head here. Each push takes it anew.",
  "",
  "Such a plan is for looking at and is never applied. What a merge brings is planned anew, shown here and asked for before anything is applied. Where the plan of a pull request is what gets applied, somebody who may write can push these commits to a branch of this repository and open a pull request from there, which is planned as any.",
].join("\n");
