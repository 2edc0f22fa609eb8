import { goTo, page, type Room } from '../route.js';
import { menus } from '../shell/menu.js';

/** The first page is the first room of somebody's desk. */
export const firstRoom: Room = {
  routes: [page('/', 'signed-in', async ({ person }) => goTo(person.roles.flatMap((role) => menus[role])[0]?.href ?? '/hulp'))],
};
