/**
 * What one account's requests cost, from the entries of a sandbox server's ledger: requests, points of the primary quotas
 * (REST and GraphQL have one each), and bytes of bodies, in all and by operation. Git requests count as requests and bytes;
 * GitHub takes no points for them.
 */
export function countQuota(entries, login) {
  const total = emptyCount();
  const operations = {};
  for (const { reply, bytes } of entries) {
    if (reply.who !== login) continue;
    const operation = reply.operation ?? "other";
    const resource = operation === "graphql" ? "graphql" : operation === "git" ? "git" : "core";
    const row = (operations[operation] ??= emptyCount());
    for (const count of [total, row]) {
      count.requests += 1;
      count.bytes += bytes;
      count.unchanged += reply.status === 304 ? 1 : 0;
      if (resource !== "git") count[resource] += reply.cost ?? 0;
      count.cost = count.core + count.graphql;
    }
  }
  return { ...total, operations };
}

export function addCounts(counts) {
  const total = { ...emptyCount(), operations: {} };
  for (const count of counts) {
    addInto(total, count);
    for (const [name, row] of Object.entries(count.operations)) {
      addInto((total.operations[name] ??= emptyCount()), row);
    }
  }
  return total;
}

function addInto(total, count) {
  for (const name of Object.keys(emptyCount())) total[name] += count[name];
}

function emptyCount() {
  return { requests: 0, unchanged: 0, core: 0, graphql: 0, cost: 0, bytes: 0 };
}
