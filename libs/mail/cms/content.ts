import type { CmsRefusal } from './refusal.js';

export type CmsContentType = 'signed-data' | 'enveloped-data' | 'auth-enveloped-data' | 'compressed-data' | 'other';

export function contentTypeOf(_bytes: Uint8Array): CmsContentType | CmsRefusal {
  throw new Error('bug: not built yet');
}
