import { readFileSync } from "node:fs";

/**
 * What a process has in its second heap snapshot that it had not in its first: objects keep their id from one to the other. Groups by
 * what they are, the heaviest first, each with the way from the root by which most of them are held.
 */
export function findGrowth(firstFile, secondFile, { groups: count = 12 } = {}) {
  const before = readIds(firstFile);
  const graph = readGraph(secondFile);
  const held = findParents(graph);
  const groups = new Map();
  let bytes = 0;
  for (let node = 0; node < graph.count; node += 1) {
    const size = graph.sizeOf(node);
    if (before.has(graph.idOf(node)) || size === 0 || held[node] === undefined) continue;
    const name = `${graph.typeOf(node)} ${graph.labelOf(node)}`;
    const group = groups.get(name) ?? { name, objects: 0, bytes: 0, ways: new Map() };
    group.objects += 1;
    group.bytes += size;
    bytes += size;
    const way = toWay(graph, held, node);
    group.ways.set(way, (group.ways.get(way) ?? 0) + size);
    groups.set(name, group);
  }
  const heaviest = [...groups.values()].sort((a, b) => b.bytes - a.bytes).slice(0, count);
  return { bytes, groups: heaviest.map((group) => ({ ...group, ways: topOf(group.ways, 3) })) };
}

function topOf(ways, count) {
  return [...ways]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([way, bytes]) => ({ way, bytes }));
}

function readIds(file) {
  const { snapshot, nodes } = JSON.parse(readFileSync(file, "utf8"));
  const { node_fields: fields } = snapshot.meta;
  const ids = new Set();
  for (let at = fields.indexOf("id"); at < nodes.length; at += fields.length) ids.add(nodes[at]);
  return ids;
}

function readGraph(file) {
  const { snapshot, nodes, edges, strings } = JSON.parse(readFileSync(file, "utf8"));
  const {
    node_fields: fields,
    node_types: types,
    edge_fields: edgeFields,
    edge_types: edgeTypes,
  } = snapshot.meta;
  const width = fields.length;
  const field = (name) => {
    const offset = fields.indexOf(name);
    return (node) => nodes[node * width + offset];
  };
  const [name, type] = [field("name"), field("type")];
  return {
    ...{ edges, strings, edgeWidth: edgeFields.length, width, edgeTypes: edgeTypes[0] },
    count: nodes.length / width,
    idOf: field("id"),
    sizeOf: field("self_size"),
    edgeCountOf: field("edge_count"),
    typeOf: (node) => types[0][type(node)],
    labelOf: (node) => toLabel(types[0][type(node)], strings[name(node)]),
  };
}

/** The content of a string says nothing, and there are thousands. */
function toLabel(type, name) {
  return /string|number|bigint/.test(type) ? "" : name.slice(0, 60);
}

/** For each node the node that holds it on a shortest way from the root, and the name under which; weak edges hold nothing. */
function findParents(graph) {
  const firstEdge = new Uint32Array(graph.count + 1);
  for (let node = 0; node < graph.count; node += 1)
    firstEdge[node + 1] = firstEdge[node] + graph.edgeCountOf(node);
  const parents = new Array(graph.count);
  parents[0] = { by: -1, as: "" };
  const queue = [0];
  for (let at = 0; at < queue.length; at += 1) {
    const by = queue[at];
    for (let edge = firstEdge[by]; edge < firstEdge[by + 1]; edge += 1) {
      const [type, nameOrIndex, to] = graph.edges.slice(edge * graph.edgeWidth, (edge + 1) * graph.edgeWidth);
      const kind = graph.edgeTypes[type];
      const node = to / graph.width;
      if (kind === "weak" || parents[node] !== undefined) continue;
      parents[node] = { by, as: kind === "element" || kind === "hidden" ? "[]" : graph.strings[nameOrIndex] };
      queue.push(node);
    }
  }
  return parents;
}

/** The last eight steps, from what is near the root to the object. */
function toWay(graph, parents, node) {
  const steps = [];
  for (let at = node; at > 0 && steps.length < 8; at = parents[at].by)
    steps.unshift(`${graph.labelOf(parents[at].by) || graph.typeOf(parents[at].by)}.${parents[at].as}`);
  return steps.join(" > ");
}
