export { Asn1Error, asn1Limits, readBer, readDer, spanAt, type Asn1Limits, type DerNode, type Span } from './read.js';
export { bits, boolean, context, integer, octets, oid, sequence, set, smallInteger, text, time } from './values.js';
export { der, flatten, rope, tlv, type Der, type Rope } from './write.js';
