import { comment, deleteComment, editComment } from "./comment.ts";
import { answerGate, requestDeployment, updateDeployment } from "./environment.ts";
import { editIssue, openIssue } from "./issue.ts";
import { mergePullRequest } from "./merge.ts";
import { editPullRequest, openPullRequest } from "./pull-request.ts";
import { closePullRequest, labelPullRequest, reopenPullRequest, setDraft, updateBranch } from "./pull-request-state.ts";
import { push } from "./push.ts";
import { deleteRelease, makeRelease } from "./release.ts";
import { dismissReview, review } from "./review.ts";
import { deleteEnvironment, fork, protect, setEnvironment, setRole, setSettings, unprotect } from "./settings.ts";
import { testMerge } from "./test-merge.ts";
import { dispatch, setStatus } from "./workflow.ts";

/** Everything that somebody can do to a repository, by name. Each judges first and changes something only then. */
export const acts = {
  push,
  open: openPullRequest,
  edit: editPullRequest,
  close: closePullRequest,
  reopen: reopenPullRequest,
  draft: setDraft,
  label: labelPullRequest,
  "update-branch": updateBranch,
  merge: mergePullRequest,
  "test-merge": testMerge,
  review,
  dismiss: dismissReview,
  comment,
  "edit-comment": editComment,
  "delete-comment": deleteComment,
  issue: openIssue,
  "edit-issue": editIssue,
  deployment: requestDeployment,
  "update-deployment": updateDeployment,
  gate: answerGate,
  release: makeRelease,
  "delete-release": deleteRelease,
  dispatch,
  status: setStatus,
  fork,
  role: setRole,
  settings: setSettings,
  protect,
  unprotect,
  environment: setEnvironment,
  "delete-environment": deleteEnvironment,
} as const;

export type Acts = typeof acts;
export type ActName = keyof Acts;
export type ActRequest<Name extends ActName> = Parameters<Acts[Name]>[1];
export type ActValue<Name extends ActName> = Exclude<Awaited<ReturnType<Acts[Name]>>, { readonly blocked: unknown }>;
