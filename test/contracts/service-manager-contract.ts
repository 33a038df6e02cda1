import { describe, expect, it } from "vitest";
import { ServiceError, type ServiceManager, type ServiceSpec } from "../../src/service/service.js";

export interface ServiceManagerCase {
  /** A manager on a machine without any service. */
  make: () => { manager: ServiceManager; files: () => string[]; running: () => boolean };
  spec: ServiceSpec;
}

/** What every service manager promises (service/service.ts). */
export function serviceManagerContract(name: string, { make, spec }: ServiceManagerCase): void {
  describe(`${name} as a service manager`, () => {
    it("describes without doing anything", () => {
      const { manager, files } = make();
      const plan = manager.describe(spec);
      expect(plan.files.length).toBeGreaterThan(0);
      expect(plan.commands.length).toBeGreaterThan(0);
      expect(files()).toEqual([]);
    });

    it("installs what it described, enables and starts it", async () => {
      const { manager, files, running } = make();
      const report = await manager.install(spec);
      expect(report).toMatchObject({ upgraded: false, running: true });
      expect(files().sort()).toEqual(
        manager
          .describe(spec)
          .files.map((file) => file.path)
          .sort(),
      );
      expect(running()).toBe(true);
      expect(await manager.status()).toMatchObject({
        installed: true,
        enabled: true,
        running: true,
        home: spec.home,
      });
    });

    it("does not start it when it is not asked to", async () => {
      const { manager, running } = make();
      expect(await manager.install(spec, { start: false })).toMatchObject({ running: false });
      expect(running()).toBe(false);
      expect(await manager.status()).toMatchObject({ installed: true, running: false });
    });

    it("upgrades in place when it is installed once more", async () => {
      const { manager, files, running } = make();
      await manager.install(spec);
      const before = files();
      expect(await manager.install({ ...spec, version: "9.9.9" })).toMatchObject({
        upgraded: true,
        running: true,
      });
      expect(files()).toEqual(before);
      expect(running()).toBe(true);
    });

    it("stops, starts and restarts", async () => {
      const { manager, running } = make();
      await manager.install(spec);
      await manager.stop();
      expect(running()).toBe(false);
      expect(await manager.status()).toMatchObject({ installed: true, running: false });
      await manager.start();
      expect(running()).toBe(true);
      await manager.restart();
      expect(running()).toBe(true);
    });

    it("leaves nothing behind, and can be asked to leave twice", async () => {
      const { manager, files, running } = make();
      await manager.install(spec);
      const { path } = await manager.status();
      expect(await manager.uninstall()).toContain(path);
      expect(files()).toEqual([]);
      expect(running()).toBe(false);
      expect(await manager.status()).toMatchObject({ installed: false, running: false, home: null });
      expect(await manager.uninstall()).toEqual([]);
    });

    it.each(["start", "stop", "restart"] as const)(
      "says what to do when there is nothing to %s",
      async (verb) => {
        const error: unknown = await make()
          .manager[verb]()
          .catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(ServiceError);
        expect((error as ServiceError).remedy).toContain("gitnotify service install");
      },
    );
  });
}
