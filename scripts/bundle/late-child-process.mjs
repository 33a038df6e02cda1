/**
 * commander loads node:child_process for commands that are programs of their own, which gitnotify has none of. That costs
 * every start 4 ms of a bare Node's 100, so that inside the bundle commander gets it only when it calls it.
 */
export const lateChildProcess = {
  name: "late-child-process",
  setup(bundle) {
    bundle.onResolve({ filter: /^(node:)?child_process$/ }, ({ importer }) =>
      importer.includes("/commander/") ? { path: "child_process", namespace: "late" } : undefined,
    );
    bundle.onLoad({ filter: /.*/, namespace: "late" }, () => ({
      contents: 'exports.spawn = (...given) => require("node:child_process").spawn(...given);',
    }));
  },
};
