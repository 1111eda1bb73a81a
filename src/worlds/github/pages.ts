/** One page of a list, and the `link` header that leads to the others; null when there are none. */
export function pageOf(
  all: readonly unknown[],
  url: string,
  query: URLSearchParams,
): { readonly items: readonly unknown[]; readonly link: string | null } {
  const size = Math.min(Math.max(numberIn(query, "per_page", 30), 1), 100);
  const page = Math.max(numberIn(query, "page", 1), 1);
  const last = Math.max(Math.ceil(all.length / size), 1);
  const items = all.slice((page - 1) * size, page * size);
  const to = (number: number, rel: string) => {
    const there = new URLSearchParams(query);
    there.set("page", String(number));
    return `<${url}?${there}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [to(page - 1, "prev")] : []),
    ...(page < last ? [to(page + 1, "next"), to(last, "last")] : []),
    ...(page > 1 ? [to(1, "first")] : []),
  ];
  return { items, link: links.length === 0 ? null : links.join(", ") };
}

function numberIn(query: URLSearchParams, name: string, otherwise: number): number {
  const value = Number(query.get(name) ?? otherwise);
  return Number.isInteger(value) ? value : otherwise;
}
