import { isProcessing, type ViewedEntry } from './entry.js';
import { actionLine, type LdvLine } from './ldv.js';
import { personTypeOf, type ViewSettings } from './settings.js';

/**
 * An entry in the shape of the draft extension of Logboek dataverwerkingen for NEN 7513: one line, its users (organisations and functions; the log
 * knows no names) and everything that took part. Null for what is no processing of data on persons.
 */
export const nen7513Line = (entry: ViewedEntry, settings: ViewSettings): LdvLine | null => {
  if (!isProcessing(entry)) return null;
  const line = actionLine(entry, settings);
  const { leaf } = entry;
  const { nen7513: codes } = settings;
  const optional = (name: string, value: string | undefined) => (value === undefined ? {} : { [`dpl.nen7513.${name}`]: value });
  return {
    ...line,
    resource: {
      attributes: {
        ...line.resource.attributes,
        'nen7513.AuditEnterpriseSiteID': settings.system.site, 'nen7513.AuditSourceId': settings.system.name, 'nen7513.AuditSourceTypeCode': codes.sourceTypeCode,
      },
    },
    attributes: {
      ...line.attributes,
      'dpl.nen7513.eventTypeCode': codes.eventTypeCodes[leaf.kind] ?? leaf.kind,
      'dpl.nen7513.users': usersOf(entry, settings),
      'dpl.nen7513.participants': participantsOf(entry, settings),
      ...optional('autorisatieProtocol', leaf.rule === undefined ? undefined : `${leaf.rule}@${leaf.policy ?? ''}`),
      ...optional('toestemmingsProfiel', leaf.setting),
      ...optional('controles', [leaf.agreement, leaf.senderAgreement].filter((one) => one !== undefined).join(' ') || undefined),
    },
  };
};

interface User {
  readonly userID: string;
  readonly userIsRequestor: boolean;
  readonly roleIDCode: string;
  readonly purposeOfUse?: string;
}

/** Whoever acted asks; whoever received does not. An entry of the hub itself has the hub as its user. */
const usersOf = ({ leaf }: ViewedEntry, { system }: ViewSettings): readonly User[] => {
  const purpose = leaf.purpose === undefined ? {} : { purposeOfUse: leaf.purpose };
  const actor: User = { userID: leaf.from ?? leaf.controller ?? system.oin, userIsRequestor: true, roleIDCode: leaf.role ?? leaf.fromRole ?? 'hub', ...purpose };
  return leaf.kind !== 'disclosure' || leaf.to === undefined ? [actor] : [actor, { userID: leaf.to, userIsRequestor: false, roleIDCode: leaf.toRole ?? 'ontvanger', ...purpose }];
};

const participantsOf = (entry: ViewedEntry, settings: ViewSettings): readonly Readonly<Record<string, string>>[] => {
  const { leaf, persons, isDeferred } = entry;
  const { nen7513: codes } = settings;
  const common = {
    ...(codes.lifeCycles[leaf.kind] === undefined ? {} : { participantObjectDataLifeCycle: codes.lifeCycles[leaf.kind] ?? '' }),
    ...(leaf.policy === undefined ? {} : { participantObjectPermissionPolicySet: leaf.policy }),
    participantObjectSensitivity: isDeferred ? 'vertrouwelijk' : 'normaal',
  };
  const people = (persons ?? []).map((person) => ({
    participantObjectTypeCode: codes.personTypeCode, participantObjectTypeCodeRole: codes.personRoleCode, ...common,
    participantObjectIDTypeCode: personTypeOf(settings, 'nen7513', person), participantObjectID: person.pseudonym,
  }));
  const document = leaf.msg === undefined ? [] : [{
    participantObjectTypeCode: codes.documentTypeCode, participantObjectTypeCodeRole: codes.documentRoleCode, ...common,
    participantObjectIDTypeCode: 'UUID', participantObjectID: leaf.msg,
    ...(leaf.schema === undefined ? {} : { participantObjectName: leaf.schema }),
    ...(leaf.cat === undefined || leaf.cat.length === 0 ? {} : { participantObjectDetail: leaf.cat.join(' ') }),
  }];
  return [...people, ...document];
};
