/** Largest document the hub reads, in bytes; attachments travel beside it, not in it. */
export const documentSizeMaxBytes = 2_000_000;
/** Deepest nesting; the deepest document of the contract, a completed RiHG, needs seven. */
export const depthMax = 20;
/** Most elements (XML) or values (JSON) in one document. */
export const nodesMax = 20_000;
/** Most attributes on one element. */
export const attributesMax = 20;
/** Longest list of problems a refusal carries: enough to repair a document, bounded for a hostile one. */
export const problemsMax = 100;
