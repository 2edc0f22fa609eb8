/** Every message the hub understands under the Wet tijdelijk huisverbod, in the order in which a case meets them. */
export const messageTypes = [
  'rihg.afgerond', 'rihg.geen-verbod', 'overleg.gevraagd', 'overleg.antwoord', 'huisverbod.aangezegd', 'huisverbod.opgelegd',
  'huisverbod.geweigerd', 'huisverbod.verlengd', 'huisverbod.ingetrokken', 'huisverbod.overtreden', 'raadsman.gewenst',
  'raadsman.toegewezen', 'bereikbaarheid.opgegeven', 'voorziening.verzocht', 'zitting.bepaald', 'uitspraak.voorziening',
  'uitspraak.beroep', 'uitspraak.hoger-beroep', 'hulp.aanvaard', 'hulp.bevestigd', 'hulp.gestart', 'opvang.gevraagd', 'advies.gegeven',
  'bericht.ingetrokken',
] as const;

/** One of `messageTypes`. */
export type MessageType = (typeof messageTypes)[number];
