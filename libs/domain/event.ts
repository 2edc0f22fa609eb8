import type { MessageType } from './messages/type.js';

/** What happens in a case of the Wet tijdelijk huisverbod and may give or forbid a disclosure (law.md 3.2). */
export const events = [
  'RIHG_DONE', 'RIHG_NO_BAN', 'INTENT_CHILD', 'INTENT_CHILD_ANSWER', 'IMPOSED_ORAL', 'IMPOSED', 'REFUSED', 'EXTENDED', 'WITHDRAWN',
  'VIOLATED', 'LAWYER_WISHED', 'LAWYER_ASSIGNED', 'REACH_GIVEN', 'VV_REQUESTED', 'HEARING_SET', 'RULED_VV', 'RULED_MAIN',
  'RULED_HIGHER', 'HELP_ACCEPTED', 'HELP_CONFIRMED', 'HELP_STARTED', 'SHELTER_ASKED', 'ADVICE',
  'RETRACTED',
  'RULING_ONWARD', 'FILE_FOR_COURT', 'FILE_FOR_LAWYER', 'ENDS_IN_48_HOURS', 'ENDS_IN_24_HOURS', 'EXPIRED', 'HALF_YEAR', 'PERSON_REQUEST', 'RESEARCH',
] as const;

/** One of `events`. */
export type Event = (typeof events)[number];

/** The event each message type brings about. */
export const eventOf: Readonly<Record<MessageType, Event>> = {
  'rihg.afgerond': 'RIHG_DONE',
  'rihg.geen-verbod': 'RIHG_NO_BAN',
  'overleg.gevraagd': 'INTENT_CHILD',
  'overleg.antwoord': 'INTENT_CHILD_ANSWER',
  'huisverbod.aangezegd': 'IMPOSED_ORAL',
  'huisverbod.opgelegd': 'IMPOSED',
  'huisverbod.geweigerd': 'REFUSED',
  'huisverbod.verlengd': 'EXTENDED',
  'huisverbod.ingetrokken': 'WITHDRAWN',
  'huisverbod.overtreden': 'VIOLATED',
  'raadsman.gewenst': 'LAWYER_WISHED',
  'raadsman.toegewezen': 'LAWYER_ASSIGNED',
  'bereikbaarheid.opgegeven': 'REACH_GIVEN',
  'voorziening.verzocht': 'VV_REQUESTED',
  'zitting.bepaald': 'HEARING_SET',
  'uitspraak.voorziening': 'RULED_VV',
  'uitspraak.beroep': 'RULED_MAIN',
  'uitspraak.hoger-beroep': 'RULED_HIGHER',
  'hulp.aanvaard': 'HELP_ACCEPTED',
  'hulp.bevestigd': 'HELP_CONFIRMED',
  'hulp.gestart': 'HELP_STARTED',
  'opvang.gevraagd': 'SHELTER_ASKED',
  'advies.gegeven': 'ADVICE',
  'bericht.ingetrokken': 'RETRACTED',
};

const orders = ['huisverbod.aangezegd', 'huisverbod.opgelegd', 'huisverbod.verlengd'] as const satisfies readonly MessageType[];

/**
 * Events the hub brings about itself, on the instruction of the municipality, and the messages of the case they are about. An empty
 * list: the event is about no message (counts, a request by a person) and a person acts on it outside the hub.
 */
export const onwardEvents = {
  // Wth art. 8(2), second sentence: the burgemeester tells onward what the griffier told him.
  RULING_ONWARD: ['uitspraak.voorziening', 'uitspraak.beroep', 'uitspraak.hoger-beroep'],
  // Awb art. 8:42: the documents of the case go to the court.
  FILE_FOR_COURT: ['rihg.afgerond', 'huisverbod.aangezegd', 'huisverbod.opgelegd', 'huisverbod.verlengd', 'advies.gegeven', 'hulp.bevestigd'],
  // Wth art. 5(2): the raadsman gets the documents of the case.
  FILE_FOR_LAWYER: ['rihg.afgerond', 'huisverbod.aangezegd', 'huisverbod.opgelegd', 'huisverbod.verlengd'],
  // Wth art. 10(2): whoever controls compliance is reminded of the end.
  ENDS_IN_48_HOURS: orders,
  ENDS_IN_24_HOURS: orders,
  EXPIRED: orders,
  HALF_YEAR: [],
  PERSON_REQUEST: [],
  RESEARCH: [],
} as const satisfies Readonly<Partial<Record<Event, readonly MessageType[]>>>;

/** An event no message brings about. */
export type OnwardEvent = keyof typeof onwardEvents;

/** True for the events of `onwardEvents`. */
export const isOnward = (event: Event): event is OnwardEvent => Object.hasOwn(onwardEvents, event);

/** Events about the end of a ban, in their order, and how many hours before it each comes (WTH-44: policy, no term of the law). */
export const endEvents = { ENDS_IN_48_HOURS: 48, ENDS_IN_24_HOURS: 24, EXPIRED: 0 } as const satisfies Readonly<Partial<Record<OnwardEvent, number>>>;

/** One of `endEvents`. */
export type EndEvent = keyof typeof endEvents;

/** True for the events of `endEvents`. */
export const isEndEvent = (event: Event): event is EndEvent => Object.hasOwn(endEvents, event);
