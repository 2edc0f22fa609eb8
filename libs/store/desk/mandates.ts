import type { Queryable } from '../pool.js';
import { prepared } from '../statement.js';

/** How many disclosures of this municipality wait for a mandate; they are decided anew when one is registered. */
export const waitingForMandate = async (client: Queryable, municipality: string): Promise<number> => {
  const { rows: [row] } = await client.query<{ count: number }>(prepared(
    `select count(*)::int as count from decision join message on message.id = decision.message_id join case_file on case_file.id = message.case_id
     where decision.kind = 'hold' and decision.reason = 'no-mandate' and case_file.municipality = $1`, [municipality],
  ));
  return row?.count ?? 0;
};
