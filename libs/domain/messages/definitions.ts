import {
  appealRuled, hearingSet, higherAppealRuled, lawyerAssigned, lawyerWished, reliefRequested, reliefRuled,
} from './court.js';
import type { MessageDefinition } from './definition.js';
import { adviceGiven, consultationAnswered, consultationAsked, helpAccepted, helpConfirmed, helpStarted, reachGiven, shelterAsked } from './help.js';
import { announced, extended, imposed, refused, violated, withdrawn } from './order.js';
import { retracted } from './retraction.js';
import { assessed, noBan } from './rihg.js';
import type { MessageType } from './type.js';

/** The definition of every message type: the one place from which checks, schemas, documents and labels follow. */
export const messageDefinitions: Readonly<Record<MessageType, MessageDefinition>> = {
  'rihg.afgerond': assessed,
  'rihg.geen-verbod': noBan,
  'overleg.gevraagd': consultationAsked,
  'overleg.antwoord': consultationAnswered,
  'huisverbod.aangezegd': announced,
  'huisverbod.opgelegd': imposed,
  'huisverbod.geweigerd': refused,
  'huisverbod.verlengd': extended,
  'huisverbod.ingetrokken': withdrawn,
  'huisverbod.overtreden': violated,
  'raadsman.gewenst': lawyerWished,
  'raadsman.toegewezen': lawyerAssigned,
  'bereikbaarheid.opgegeven': reachGiven,
  'voorziening.verzocht': reliefRequested,
  'zitting.bepaald': hearingSet,
  'uitspraak.voorziening': reliefRuled,
  'uitspraak.beroep': appealRuled,
  'uitspraak.hoger-beroep': higherAppealRuled,
  'hulp.aanvaard': helpAccepted,
  'hulp.bevestigd': helpConfirmed,
  'hulp.gestart': helpStarted,
  'opvang.gevraagd': shelterAsked,
  'advies.gegeven': adviceGiven,
  'bericht.ingetrokken': retracted,
};
