import { apiScopes } from '@ketensluis/domain';
import { z } from 'zod';
import { apiProblem } from '../problem.js';
import type { Content, Operation, Parameters } from './operation.js';

type Json = Readonly<Record<string, unknown>>;

const problemSchema = z.object({
  type: z.string().meta({ description: 'Soort probleem (RFC 9457).' }),
  title: z.string().meta({ description: 'In het kort.' }),
  status: z.int().meta({ description: 'De HTTP-status.' }),
  detail: z.string().meta({ description: 'Wat te doen.' }),
  errors: z.array(z.object({
    pointer: z.string().optional().meta({ description: 'Plaats in het bericht (JSON Pointer).' }),
    parameter: z.string().optional().meta({ description: 'Naam in het adres.' }),
    header: z.string().optional().meta({ description: 'Naam van een header.' }),
    detail: z.string().meta({ description: 'Wat wel zou passen.' }),
  })).optional().meta({ description: 'Alle fouten samen.' }),
});

const refusalWords: Readonly<Record<number, string>> = {
  400: 'Het verzoek past niet; errors noemt alle fouten.', 401: 'Onbekende aanroeper.', 403: 'Niet voor deze aanroeper, of de partij is nu niet aangesloten.',
  404: 'Niet gevonden, of niet van u.', 405: 'Een andere methode.', 406: 'Alleen application/json.', 409: 'De naam van het verzoek is al voor iets anders gebruikt.',
  410: 'Mag niet meer worden gegeven.', 413: 'Te groot.', 415: 'Een ander mediatype.', 429: 'Te veel verzoeken; Retry-After zegt hoe lang te wachten.', 503: 'Nu niet; er is niets opgeslagen.',
};

const schemaOf = ({ schema }: Pick<Content, 'schema'>, io: 'input' | 'output' = 'output'): Json => {
  if (!(schema instanceof z.ZodType)) return schema;
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'throw' });
  return rest;
};

const header = (name: string): Json => ({ $ref: `#/components/headers/${name}` });
const contentOf = ({ name, example }: Content): Json => ({ schema: { $ref: `#/components/schemas/${name}` }, ...(example === null ? {} : { example }) });

const parametersOf = (fields: Parameters, place: 'path' | 'query', example: Readonly<Record<string, string>>): readonly Json[] =>
  Object.entries(fields.shape).map(([name, schema]) => {
    const { description, default: _initial, ...rest } = schemaOf({ schema }, 'input');
    return { name, in: place, required: place === 'path', description, schema: rest, ...(example[name] === undefined ? {} : { example: example[name] }) };
  });

const answersOf = ({ answer, scope, refusals, path, query, body }: Operation): Json => {
  const takesInput = [path, query].some(({ shape }) => Object.keys(shape).length > 0) || Object.keys(body).length > 0;
  const statuses = [...(takesInput ? [400] : []), ...(scope === null ? [] : [401, 403]), ...refusals, 406, 429, 503].sort((one, other) => one - other);
  return {
    [answer.status]: { description: answer.description, headers: { 'API-Version': header('ApiVersion') }, content: { 'application/json': contentOf(answer.content) } },
    ...Object.fromEntries([...new Set(statuses)].map((status) => [status, { $ref: `#/components/responses/Problem${status}` }])),
  };
};

const operationOf = (operation: Operation): Json => ({
  operationId: operation.id, tags: [operation.tag], summary: operation.summary, description: operation.description,
  ...(operation.scope === null ? { security: [] } : { security: [{ token: [operation.scope] }, { certificaat: [] }] }),
  parameters: [
    ...parametersOf(operation.path, 'path', operation.example), ...parametersOf(operation.query, 'query', {}),
    ...Object.entries(operation.headers).map(([name, { description, schema, example }]) => ({ name, in: 'header', required: true, description, schema, example })),
  ],
  ...(Object.keys(operation.body).length === 0 ? {} : {
    requestBody: { required: true, content: Object.fromEntries(Object.entries(operation.body).map(([type, content]) => [type, contentOf(content)])) },
  }),
  responses: answersOf(operation),
});

const problemResponse = (status: number): Json => ({
  description: refusalWords[status] ?? 'Geweigerd.', headers: { 'API-Version': header('ApiVersion'), ...(status === 429 || status === 503 ? { 'Retry-After': header('RetryAfter') } : {}) },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example: JSON.parse(Buffer.from(apiProblem(status).body).toString('utf8')) } },
});

const securitySchemes: Json = {
  token: {
    type: 'oauth2', description: 'Client credentials met private_key_jwt (RFC 7523) of een clientcertificaat (RFC 8705); een token geldt vijf minuten.',
    flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: Object.fromEntries(apiScopes.map((scope) => [scope, `Voor ${scope}.`])) } },
  },
  certificaat: { type: 'mutualTLS', description: 'Een clientcertificaat met uw OIN als serialNumber van het subject.' },
};

/** The OpenAPI document of these operations, for the API at this address. The same operations give the same document. */
export const openApiDocument = (operations: readonly Operation[], { version, address }: { readonly version: string; readonly address: string }): Json => {
  const contents = operations.flatMap(({ answer, body }) => [{ content: answer.content, io: 'output' as const }, ...Object.values(body).map((content) => ({ content, io: 'input' as const }))]);
  const addresses = [...new Set(operations.map((one) => one.address))];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ketensluis: API voor partijen', version,
      description: 'Berichten sturen, verstrekkingen ophalen, eigen leveringen en logregels met bewijs. Fouten volgen RFC 9457. Tijden zijn UTC. Wijzigingen: zie de geschiedenis van dit document; een hoofdversie blijft een jaar naast haar opvolger bestaan.',
      contact: { name: 'Beheer Ketensluis', email: 'beheer@ketensluis.example', url: 'https://ketensluis.example/api' },
      license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
    },
    servers: [{ url: `${address}/api/v1`, description: 'Deze hub' }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name, description: `Alles over ${name}.` })),
    paths: Object.fromEntries(addresses.map((one) => [
      one, Object.fromEntries(operations.filter((operation) => operation.address === one).map((operation) => [operation.method.toLowerCase(), operationOf(operation)])),
    ])),
    components: {
      securitySchemes,
      headers: {
        ApiVersion: { description: 'Volledige versie van de API.', schema: { type: 'string', examples: [version] } },
        RetryAfter: { description: 'Seconden om te wachten.', schema: { type: 'integer' } },
      },
      responses: Object.fromEntries(Object.keys(refusalWords).map((status) => [`Problem${status}`, problemResponse(Number(status))])),
      schemas: Object.fromEntries([['Problem', schemaOf({ schema: problemSchema })], ...contents.map(({ content, io }) => [content.name, schemaOf(content, io)])]),
    },
  };
};
