import { Asn1Error, context, sequence, type DerNode } from '../asn1/der.js';
import { readGeneralName, type GeneralName } from './general-name.js';
import type { Name } from './name.js';

/** Where the names of everything below an authority must and must not lie (RFC 5280 §4.2.1.10). */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** Reads a NameConstraints; throws Asn1Error when it is empty or bounds the depth of subtrees, which RFC 5280 §4.2.1.10 forbids. */
export function readNameConstraints(node: DerNode): NameConstraints {
  const fields = sequence(node);
  const permitted = fields.find((field) => context(field, 0));
  const excluded = fields.find((field) => context(field, 1));
  if (permitted === undefined && excluded === undefined) throw new Asn1Error('empty name constraints');
  return { permitted: readSubtrees(permitted), excluded: readSubtrees(excluded) };
}

function readSubtrees(node: DerNode | undefined): readonly GeneralName[] {
  if (node === undefined) return [];
  return sequence(node).map((subtree) => {
    const [base, ...bounds] = sequence(subtree);
    if (base === undefined || bounds.length > 0) throw new Asn1Error('subtree without a base, or with a bound');
    const name = readGeneralName(base);
    if (name.kind === 'ip' && name.octets.length !== 8 && name.octets.length !== 32) throw new Asn1Error('address range without a mask');
    return name;
  });
}

/** What a path still allows: a name must lie in one subtree of every layer of its kind, and in no excluded one. */
export interface NameState {
  readonly layers: readonly (readonly GeneralName[])[];
  readonly excluded: readonly GeneralName[];
}

/** A budget shared by all checks of one validation: 1,000 names against 1,000 subtrees in ten layers would be ten million comparisons. */
export interface ComparisonBudget {
  comparisonsLeft: number;
}

export const comparisonsMax = 250_000;

/** The state before any certificate: every name is allowed. */
export const anyName: NameState = { layers: [], excluded: [] };

/** The state below an authority with these constraints (RFC 5280 §6.1.4 (g)): permitted subtrees intersect, excluded ones add up. */
export function constrain(state: NameState, constraints: NameConstraints): NameState {
  const layers = constraints.permitted.length === 0 ? state.layers : [...state.layers, constraints.permitted];
  return { layers, excluded: [...state.excluded, ...constraints.excluded] };
}

/** The names of a certificate. */
export interface NamedSubject {
  readonly subject: Name;
  readonly subjectAltNames: readonly GeneralName[];
}

/** Whether all names of a certificate are allowed (RFC 5280 §6.1.3 (b), (c)); 'budget' when finding out would cost too much. */
export function checkNames(certificate: NamedSubject, state: NameState, budget: ComparisonBudget): 'allowed' | 'not-allowed' | 'budget' {
  if (state.layers.length === 0 && state.excluded.length === 0) return 'allowed';
  for (const name of namesOf(certificate)) {
    const kind = formOf(name);
    budget.comparisonsLeft -= state.excluded.length + state.layers.reduce((sum, layer) => sum + layer.length, 0);
    if (budget.comparisonsLeft < 0) return 'budget';
    if (state.excluded.some((subtree) => formOf(subtree) === kind && mayLieWithin(name, subtree))) return 'not-allowed';
    for (const layer of state.layers) {
      const subtrees = layer.filter((subtree) => formOf(subtree) === kind);
      if (subtrees.length > 0 && !subtrees.some((subtree) => liesWithin(name, subtree))) return 'not-allowed';
    }
  }
  return 'allowed';
}

/** Subject, alternative names, and addresses written into the subject, which older software still reads (RFC 5280 §4.2.1.10). */
function namesOf({ subject, subjectAltNames }: NamedSubject): readonly GeneralName[] {
  const directory: readonly GeneralName[] = subject.rdns.length === 0 ? [] : [{ kind: 'directory', name: subject }];
  const emails = subject.emails.map((value): GeneralName => ({ kind: 'email', value }));
  return [...directory, ...emails, ...subjectAltNames];
}

/** Names are held against subtrees of their own form; both kinds of mailbox are one form (RFC 9598 §6). */
function formOf(name: GeneralName): string {
  if (name.kind === 'utf8-mailbox') return 'email';
  return name.kind === 'other' ? `other ${name.tag} ${name.type ?? ''}` : name.kind;
}

/** Excluding errs on the side of refusal: a form we cannot compare is excluded, and a wildcard reaches into what it may stand for. */
function mayLieWithin(name: GeneralName, subtree: GeneralName): boolean {
  if (name.kind === 'dns' && subtree.kind === 'dns' && name.value.startsWith('*.')) {
    const parent = name.value.slice(2).toLowerCase();
    return liesWithin(name, subtree) || hostLiesWithin(stripDot(subtree.value), parent);
  }
  return isComparable(name) ? liesWithin(name, subtree) : true;
}

function isComparable(name: GeneralName): boolean {
  switch (name.kind) {
    case 'email':
    case 'utf8-mailbox':
      return splitMailbox(name.value) !== null;
    case 'uri':
      return hostOf(name.value) !== null;
    case 'ip':
      return name.octets.length === 4 || name.octets.length === 16;
    case 'dns':
    case 'directory':
      return true;
    case 'other':
      return false;
  }
}

function liesWithin(name: GeneralName, subtree: GeneralName): boolean {
  switch (name.kind) {
    case 'directory':
      return subtree.kind === 'directory' && subtree.name.rdns.every((rdn, i) => rdn === name.name.rdns[i]);
    case 'dns':
      return subtree.kind === 'dns' && hostLiesWithin(name.value, subtree.value);
    case 'email':
    case 'utf8-mailbox':
      return (subtree.kind === 'email' || subtree.kind === 'utf8-mailbox') && mailboxLiesWithin(name.value, subtree.value);
    case 'uri':
      return subtree.kind === 'uri' && uriLiesWithin(name.value, subtree.value);
    case 'ip':
      return subtree.kind === 'ip' && addressLiesWithin(name.octets, subtree.octets);
    case 'other':
      return false;
  }
}

const stripDot = (host: string): string => (host.startsWith('.') ? host.slice(1) : host);

/** A host, and with it every host below; a leading dot leaves the host itself out, as authorities write it though RFC 5280 does not. */
function hostLiesWithin(host: string, subtree: string): boolean {
  const [name, base] = [host.toLowerCase(), subtree.toLowerCase()];
  if (base === '') return true;
  return base.startsWith('.') ? name.endsWith(base) : name === base || name.endsWith(`.${base}`);
}

/** Exactly this host, or with a leading dot exactly the hosts below: the rule for mail and URIs, unlike that for dNSName. */
function exactHostLiesWithin(host: string, subtree: string): boolean {
  const [name, base] = [host.toLowerCase(), subtree.toLowerCase()];
  return base.startsWith('.') ? name.endsWith(base) : name === base;
}

function splitMailbox(mailbox: string): { readonly local: string; readonly domain: string } | null {
  const at = mailbox.lastIndexOf('@');
  const [local, domain] = [mailbox.slice(0, at), mailbox.slice(at + 1)];
  // A domain outside ASCII would have to be compared in A-labels, and is not allowed to be written otherwise (RFC 9598 §3).
  return at <= 0 || !/^[\x21-\x7e]+$/.test(domain) ? null : { local, domain };
}

function mailboxLiesWithin(mailbox: string, subtree: string): boolean {
  const parts = splitMailbox(mailbox);
  if (parts === null) return false;
  if (!subtree.includes('@')) return exactHostLiesWithin(parts.domain, subtree);
  const base = splitMailbox(subtree);
  return base !== null && base.local === parts.local && base.domain.toLowerCase() === parts.domain.toLowerCase();
}

/** The host of a URI with an authority; null when there is none or it is an address, to which no constraint can apply (RFC 5280 §4.2.1.10). */
function hostOf(uri: string): string | null {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri)?.[1];
  const host = authority?.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  const isName = host !== undefined && /^[a-z0-9._-]+$/i.test(host) && !/^[0-9.]+$/.test(host);
  return isName ? host : null;
}

function uriLiesWithin(uri: string, subtree: string): boolean {
  const host = hostOf(uri);
  return host !== null && exactHostLiesWithin(host, subtree);
}

function addressLiesWithin(address: Uint8Array, subtree: Uint8Array): boolean {
  const size = address.length;
  if (subtree.length !== size * 2) return false;
  return address.every((octet, i) => ((octet ^ (subtree[i] ?? 0)) & (subtree[size + i] ?? 0)) === 0);
}
