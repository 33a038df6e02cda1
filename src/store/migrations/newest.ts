/**
 * The schema version that the last migration makes. It stands apart from the list, because the migrations load kysely, and a
 * command that only reads has no time for that; a test holds the two together.
 */
export const newestVersion = 5;
