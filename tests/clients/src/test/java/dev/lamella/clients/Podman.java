package dev.lamella.clients;

import java.nio.file.Path;
import java.util.Map;

/** It and buildah have a store of images, unlike a {@link Client}. */
final class Podman {
  private Podman() {}

  static Tool tool(Path home) {
    return withStores("podman", home)
        .with("--cgroup-manager", "cgroupfs", "--events-backend", "none");
  }

  static Tool buildah(Path home) {
    return withStores("buildah", home);
  }

  /** With stores of its own, which need no file system that can lie over another. */
  private static Tool withStores(String name, Path home) {
    return Tool.find(name, home)
        .withEnvironment(Map.of("XDG_RUNTIME_DIR", home.toString(), "TMPDIR", home.toString()))
        .with(
            "--root",
            home.resolve("root").toString(),
            "--runroot",
            home.resolve("runroot").toString(),
            "--storage-driver",
            "vfs");
  }
}
