import type { TestConsole, Visited, Visitor } from '../harness/console.js';

/** A field of a form; a name may come more than once, as boxes that are ticked do. */
export type Pair = readonly [name: string, value: string | Blob];

const hiddenOf = (form: string): readonly Pair[] =>
  [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name ?? '', value ?? ''] as const);

const tickedOf = (form: string): readonly Pair[] =>
  [...form.matchAll(/<input type="checkbox"[^>]*>/g)].flatMap(([box]) => {
    const [name, value] = [/ name="([^"]*)"/.exec(box)?.[1] ?? '', / value="([^"]*)"/.exec(box)?.[1] ?? ''];
    return box.includes('checked=""') ? [[name, value] as const] : [];
  });

/** The form of a page that goes to `to`. */
export const formOf = (page: Visited, to: string): string => {
  const form = page.html.match(/<form[^>]*>.*?<\/form>/gs)?.find((one) => one.includes(`action="${to}"`));
  if (form === undefined) throw new Error(`the page ${page.at} has no form that goes to ${to}`);
  return form;
};

/** Sends a form as a browser does, its ticked boxes included; `change` says what becomes of those. Follows one redirect. */
export const sendBoxes = async (desk: TestConsole, visitor: Visitor, { page, to, change, pairs }: {
  readonly page: Visited; readonly to: string; readonly change: (ticked: readonly Pair[]) => readonly Pair[]; readonly pairs: readonly Pair[];
}): Promise<Visited> => {
  const form = formOf(page, to);
  const isFiles = form.includes('multipart/form-data');
  const body = isFiles ? new FormData() : new URLSearchParams();
  for (const [name, value] of [...hiddenOf(form), ...change(tickedOf(form)), ...pairs]) {
    if (body instanceof FormData && typeof value !== 'string') body.append(name, value, 'overeenkomst.pdf');
    else if (typeof value === 'string') body.append(name, value);
  }
  return post(desk, visitor, to, body);
};

/** Posts what no page offers this visitor, with a token of his own session. */
export const forge = async (desk: TestConsole, visitor: Visitor, to: string, answers: Readonly<Record<string, string>> = {}): Promise<Visited> => {
  const token = /name="_teken" value="([^"]+)"/.exec((await visitor.get('/gegevensdeling')).html)?.[1] ?? '';
  return post(desk, visitor, to, new URLSearchParams({ ...answers, _teken: token }));
};

const post = async (desk: TestConsole, visitor: Visitor, to: string, body: FormData | URLSearchParams): Promise<Visited> => {
  const reply = await fetch(new URL(to, desk.url), { method: 'POST', redirect: 'manual', body, headers: { cookie: visitor.cookie, origin: desk.url.origin, 'sec-fetch-site': 'same-origin' } });
  const next = reply.headers.get('location');
  const html = await reply.text();
  if (next !== null) return visitor.get(next);
  return { status: reply.status, at: to, headers: reply.headers, html, text: html.replace(/<head>.*?<\/head>/s, ' ').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ') };
};
