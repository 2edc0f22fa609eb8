import { consultation } from './consultation.js';
import type { ExportPorts, ExportScope } from './export-ports.js';

/** Who asks for it: an account and a function; and whose data, null for everything. */
export interface ExportAsked {
  readonly account: string;
  readonly function: string;
  readonly controller: string | null;
}

/** Why an export is not made. */
export type ExportRefusal = { readonly kind: 'refused'; readonly detail: string };

/**
 * Gives back what the hub holds for a controller (AVG art. 28(3)(g)): cases, messages and documents opened, rules, agreements, receipts, the log with its
 * openings and the verifier. That it was asked for is in the log before the first file. One that was cut off goes on where it was, as of the
 * same moment; a folder with another export is left as it is.
 */
export const exportAll = async (
  asked: ExportAsked,
  ports: ExportPorts,
  progress: (done: number, total: number) => void = () => undefined,
): Promise<{ readonly kind: 'exported'; readonly files: number; readonly bytes: number; readonly scope: ExportScope } | ExportRefusal> => {
  const { source, target } = ports;
  const begun = await target.begun();
  if (begun !== null && begun.controller !== asked.controller) return { kind: 'refused', detail: 'this folder holds the export of another controller' };
  const scope = begun ?? (await scopeOf(asked, ports));
  if ('kind' in scope) return scope;
  // Again for one that goes on: whoever goes on opens what is left.
  await ports.audit.consult(
    consultation('export', { account: asked.account, function: asked.function, purpose: 'teruggave', controller: asked.controller }, ports),
    async () => ({ value: null, question: { upTo: scope.upTo.toISOString(), size: scope.size, goesOn: begun !== null }, objects: [] }),
  );
  if (begun === null) await target.begin(scope);
  const total = (await source.count(scope)) + 1;
  let done = 0;
  for await (const unit of source.units(scope)) {
    if (!target.isWritten(unit.name)) await target.write(unit);
    done += 1;
    progress(Math.min(done, total - 1), total);
  }
  await source.writeLog(scope, () => undefined);
  const { files, bytes } = await target.finish();
  progress(total, total);
  return { kind: 'exported', files, bytes, scope };
};

const scopeOf = async (asked: ExportAsked, { registers, clock, source }: ExportPorts): Promise<ExportScope | ExportRefusal> => {
  const upTo = clock.now();
  const size = await source.size();
  if (asked.controller === null) return { controller: null, municipality: null, upTo, size };
  const party = (await registers.current()).registers.parties.find(({ oin }) => oin === asked.controller);
  if (party === undefined) return { kind: 'refused', detail: 'no party has this OIN' };
  return { controller: party.oin, municipality: party.municipality, upTo, size };
};
