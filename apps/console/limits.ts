/** Most bytes of a form without files. */
export const formBytesMax = 64 * 1024;
/** Most bytes of one file in a form, where the route names no other: a ruling or an agreement as PDF. */
export const fileBytesMax = 10 * 1024 * 1024;
/** Most files in a form. */
export const filesMax = 5;
/** Rows of a list on one page. */
export const pageRows = 25;
