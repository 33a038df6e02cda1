import * as z from "zod";

/**
 * A list that is read up to its first odd row. `z.array` gathers the findings of all of them: a stranger's list of a hundred thousand
 * empty objects would become a million findings, of which one is told.
 */
export function listOf<T extends z.ZodType>(row: T) {
  return z.array(z.unknown()).transform((values, context): z.output<T>[] => {
    const rows: z.output<T>[] = [];
    for (const [index, value] of values.entries()) {
      const read = row.safeParse(value);
      if (!read.success) {
        const [issue] = read.error.issues;
        context.issues.push({
          ...issue!,
          path: [index, ...issue!.path],
          input: value,
        } as z.core.$ZodRawIssue);
        return z.NEVER;
      }
      rows.push(read.data);
    }
    return rows;
  });
}
