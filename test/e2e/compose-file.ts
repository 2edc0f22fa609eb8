import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../faults/hub-child.js';

const strings = z.array(z.string());
const health = z.object({ test: strings });
const serviceSchema = z.object({
  image: z.string(), user: z.string(), read_only: z.boolean(), cap_drop: strings, security_opt: strings,
  command: strings.default([]), entrypoint: strings.optional(), environment: z.record(z.string(), z.string()).default({}), volumes: strings.default([]), ports: strings.default([]),
  secrets: z.array(z.union([z.string(), z.object({ source: z.string(), target: z.string() })])).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.enum(['service_healthy', 'service_completed_successfully']) })).default({}),
  healthcheck: health.optional(), restart: z.string(), networks: strings.optional(), network_mode: z.literal('none').optional(),
});
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema), networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
  volumes: z.record(z.string(), z.object({})), secrets: z.record(z.string(), z.object({ file: z.string() })),
});

export type Service = z.infer<typeof serviceSchema>;

/** `docker-compose.yml` as it is, every merged part filled in; throws when it has another form. */
export const readCompose = (): z.infer<typeof composeSchema> => composeSchema.parse(parse(readFileSync(join(projectRoot, 'docker-compose.yml'), 'utf8'), { merge: true }));

/** The image of the hub itself. */
export const hubImage = 'ketensluis:0.1.0';

/** Services in an order in which each comes after all it depends on. */
export const inOrder = (services: Readonly<Record<string, Service>>): readonly string[] => {
  const done: string[] = [];
  const add = (name: string): void => {
    if (done.includes(name)) return;
    for (const before of Object.keys(services[name]?.depends_on ?? {})) add(before);
    done.push(name);
  };
  Object.keys(services).forEach(add);
  return done;
};
