/** Whether a file governs delivery itself: workflows and actions, the flow file, CODEOWNERS. */
export function governsDelivery(path: string): boolean {
  return trusted.test(path);
}

const trusted = /^(?:\.github\/.*|plangate\.ya?ml|(?:docs\/)?CODEOWNERS)$/s;
